import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { OutboxMoment } from "./outbox.ts";

/** Whether the tenant has a message that could go now: its server is not waited for, and its hour has come. */
export async function hasMailDue(
  trx: TenantTransaction,
  { now, businessNow }: OutboxMoment,
): Promise<boolean> {
  const { rows: [row] } = await sql<{ is_due: boolean }>`
    select exists (select from mail_messages m where m.tenant_id = ${trx.tenantId} and m.state = 'queued'
        and (m.attempts = 0 or m.next_attempt_at not between ${now}::timestamptz
          and ${now}::timestamptz + interval '12 hours')
        and (m.business_after_at is null or m.business_after_at <= ${businessNow}::timestamptz))
      and not exists (select from mail_senders s where s.tenant_id = ${trx.tenantId}
        and s.not_before_at between ${now}::timestamptz and ${now}::timestamptz + interval '25 hours') as is_due`
    .execute(trx);
  return row?.is_due === true;
}
