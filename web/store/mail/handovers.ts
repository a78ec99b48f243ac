import { type RawBuilder, sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Longer than any stretch that limits count over, whatever a clock does. */
const KEPT_HOURS = 48;

/** Notes which of these messages a server was given; before it is written that it took none of them. */
export async function noteHandovers(trx: TenantTransaction, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await note(trx, sql`m.id = any(${[...ids]}::uuid[])`);
}

/** The same of all that are on their way; of a process that ended. */
export async function noteAllHandovers(trx: TenantTransaction): Promise<void> {
  await note(trx, sql`m.state = 'queued'`);
}

/** A provider counts what it was given, whether it took it or not. What limits no longer ask about goes at once. */
async function note(trx: TenantTransaction, which: RawBuilder<unknown>): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`with given as (
      insert into mail_handovers (tenant_id, message_id, at)
      select m.tenant_id, m.id, m.data_begun_at from mail_messages m
      where m.tenant_id = ${trx.tenantId} and ${which} and m.data_begun_at is not null
      on conflict do nothing returning at)
    delete from mail_handovers h where h.tenant_id = ${trx.tenantId}
      and h.at < (select min(at) from given) - make_interval(hours => ${sql.lit(KEPT_HOURS)})`,
  );
}

/** How many messages a server was given in a stretch of time, and when the first of them. */
export async function countHandedOver(
  trx: TenantTransaction,
  { now, minutes }: { now: Temporal.Instant; minutes: number },
): Promise<{ count: number; firstAt: Temporal.Instant | null }> {
  const from = now.subtract({ minutes });
  // What was sent before the clock was set back is in the future and counts no longer than it would have.
  const until = now.add({ minutes });
  const within = (at: string) =>
    sql`${sql.ref(at)} > ${from}::timestamptz and ${sql.ref(at)} <= ${until}::timestamptz`;
  const { rows } = await sql<{ count: number; firstAt: Temporal.Instant | null }>`
    select count(*)::int as count, min(given.at) as "firstAt" from (
      select sent_at as at from mail_messages where tenant_id = ${trx.tenantId} and ${within("sent_at")}
      union all
      select at from mail_handovers where tenant_id = ${trx.tenantId} and ${within("at")}
      union all
      select refused_at from mail_refusals where tenant_id = ${trx.tenantId} and source = 'server'
        and ${within("refused_at")}) given`.execute(trx);
  return rows[0] ?? { count: 0, firstAt: null };
}
