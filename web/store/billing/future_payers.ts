import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { FutureMoment } from "./future.ts";
import { keptFromFuture } from "./future_kept.ts";
import type { PayerChangeRow } from "./payer_changes.ts";

/** A change of payer that a wrong clock has made. */
export type FuturePayerChange = Pick<
  PayerChangeRow,
  "id" | "subscription_id" | "from_subscriber_id" | "to_subscriber_id" | "effective_on"
>;

/** Newest first. Not those of which money was paid back: they stay made. */
export async function listFuturePayerChanges(
  trx: TenantTransaction,
  { today, now }: FutureMoment,
): Promise<FuturePayerChange[]> {
  const { rows } = await sql<FuturePayerChange>`
    select x.id, x.subscription_id, x.from_subscriber_id, x.to_subscriber_id, x.effective_on from payer_changes x
    where x.tenant_id = ${trx.tenantId} and x.state = 'made' and x.made_at > ${now} and x.effective_on > ${today}
      and x.subscription_id not in (${keptFromFuture(trx, now)})
    order by x.made_at desc, x.id desc`.execute(trx);
  return rows;
}

/** What the old payers got back with these changes and stands. */
export async function listMemosOfPayerChanges(
  trx: TenantTransaction,
  changes: readonly FuturePayerChange[],
  now: Temporal.Instant,
): Promise<{ id: string; reason: string }[]> {
  return await trx.selectFrom("credit_memos").select(["id", "reason"]).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "in", changes.map((change) => change.subscription_id))
    .where("kind", "=", "correction").where("recorded_at", ">", now).where("voided_at", "is", null)
    .orderBy("number", "desc").execute();
}

/** Gives a connection back to who had it, and lets the change wait again where no other one waits by now. */
export async function updatePayerChangeWaits(
  trx: TenantTransaction,
  change: FuturePayerChange,
): Promise<void> {
  await sql`update subscriptions set subscriber_id = ${change.from_subscriber_id}
    where tenant_id = ${trx.tenantId} and id = ${change.subscription_id}
      and subscriber_id = ${change.to_subscriber_id}`.execute(trx);
  await sql`
    update payer_changes x set made_at = null, charged_from = x.effective_on, given_back_on = null,
      state = case when exists (select from payer_changes o where o.tenant_id = x.tenant_id
        and o.subscription_id = x.subscription_id and o.state = 'planned') then 'cancelled' else 'planned' end
    where x.tenant_id = ${trx.tenantId} and x.id = ${change.id}`.execute(trx);
}

/** The period that ended with the change is whole again. What was charged behind it is out of the way by then. */
export async function updatePeriodWhole(
  trx: TenantTransaction,
  { subscription_id, effective_on }: FuturePayerChange,
  today: Temporal.PlainDate,
): Promise<void> {
  await sql`
    with whole as (
      update charged_periods set period_end = line_end, line_end = null
      where tenant_id = ${trx.tenantId} and subscription_id = ${subscription_id} and state = 'billed'
        and line_end is not null and period_end = ${effective_on}::date returning period_end)
    update subscriptions c set billed_through_on = greatest(c.billed_through_on, w.period_end),
      next_bill_on = case when c.next_bill_on is not null then least(c.next_bill_on, ${today}::date) end
    from whole w where c.tenant_id = ${trx.tenantId} and c.id = ${subscription_id}`.execute(trx);
}
