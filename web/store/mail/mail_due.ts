import { type RawBuilder, sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { OutboxMoment } from "./outbox.ts";

/** As in the index of what was never tried. */
const UNTRIED_FROM = sql`coalesce(m.business_after_at, '-infinity')`;

/**
 * Whether the tenant has a message that could go now, or one of a bill run that is still to be written: its server is not
 * waited for, and its hour has come. As in
 * `lookup_mail_due` the first of each order is asked for, so that of a queue in which nothing is due no more is read; under
 * row level security the expression cannot be compared inside.
 */
export async function hasMailDue(
  trx: TenantTransaction,
  { now, businessNow }: OutboxMoment,
): Promise<boolean> {
  const { rows: [row] } = await sql<{ is_due: boolean }>`
    select exists (select from unwritten_mails u where u.tenant_id = ${trx.tenantId} and u.failed_at is null) or coalesce(${
    first(trx, sql`m.attempts = 0`, UNTRIED_FROM)
  } <= ${businessNow}::timestamptz
        or ${
    first(trx, sql`m.attempts > 0 and m.next_attempt_at <= ${now}::timestamptz`, sql`m.next_attempt_at`)
  } is not null
        or ${
    first(
      trx,
      sql`m.attempts > 0 and m.next_attempt_at > ${now}::timestamptz + interval '12 hours'`,
      sql`m.next_attempt_at`,
    )
  } is not null, false)
      and not exists (select from mail_senders s where s.tenant_id = ${trx.tenantId}
        and s.not_before_at between ${now}::timestamptz and ${now}::timestamptz + interval '25 hours') as is_due`
    .execute(trx);
  return row?.is_due === true;
}

/** The first moment of some that wait; null: there are none. */
function first(
  trx: TenantTransaction,
  which: RawBuilder<unknown>,
  moment: RawBuilder<unknown>,
): RawBuilder<Temporal.Instant | null> {
  return sql`(select ${moment} from mail_messages m where m.tenant_id = ${trx.tenantId} and m.state = 'queued'
    and ${which} order by ${moment} limit 1)`;
}
