import { sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { hadBy } from "./payer_changes.ts";

/** What coming back after a cut costs, with what was owed past grace on the day of the cut, as the books know it now. */
export interface ReconnectionRow {
  /** Of the cut. */
  id: string;
  subscription_id: string;
  cut_on: Temporal.PlainDate;
  back_on: Temporal.PlainDate;
  amount_centavos: bigint;
  owed_centavos: bigint;
  /** The bill that asks for it; null while it waits for the next one. */
  bill_id: string | null;
}

/**
 * Notes what the cuts cost that were lifted at a moment: by the rule of the connection, else of its plan, else of the
 * company. Who pays up front was not cut for a debt.
 */
export async function insertReconnections(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  removedAt: Temporal.Instant,
): Promise<void> {
  if (subscriptionIds.length === 0) return;
  await sendSqlAhead(
    trx,
    sql`
    insert into reconnection_fees (tenant_id, id, subscription_id, cut_on, back_on, amount_centavos)
    select k.tenant_id, k.id, k.subscription_id, k.added_on, k.removed_on, fee.amount
    from block_reasons k
    join subscriptions c on c.tenant_id = k.tenant_id and c.id = k.subscription_id and c.billing_mode = 'postpaid'
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    join tenants t on t.id = k.tenant_id
    cross join lateral (select coalesce(c.own_reconnection_fee_centavos, p.own_reconnection_fee_centavos,
      t.reconnection_fee_centavos) as amount) fee
    where k.tenant_id = ${trx.tenantId} and k.subscription_id = any(${[...subscriptionIds]}::uuid[])
      and k.reason = 'nonpayment' and k.removed_at = ${removedAt} and fee.amount > 0
    on conflict (tenant_id, id) do nothing`,
  );
}

/**
 * Fees of connections that wait for a bill, oldest cut first, or those that bills of a subscriber ask for. A cut is of who
 * had the connection then: nobody who gets it later is asked. Nor is anybody for one whose day was taken back with a wrong
 * clock.
 *
 * What was owed is as it counted for that cut: what was disputed then does not count, nor what a dispute that was upheld
 * gave back, and the grace that a later decision gave does not make the cut wrong. A dispute that is open now settles
 * nothing: its fee is not asked for while it waits, and not given back where a bill asks for it.
 */
export async function listReconnections(
  trx: TenantTransaction,
  of: { waiting: readonly string[] } | { billedTo: string },
): Promise<ReconnectionRow[]> {
  const openNow = "waiting" in of ? sql`or d.decision is null` : sql``;
  const which = "waiting" in of
    ? sql`f.bill_id is null and k.added_on = f.cut_on and payer.id = c.subscriber_id
      and f.subscription_id = any(${[...of.waiting]}::uuid[])`
    : sql`f.bill_id is not null and f.given_back_at is null and f.bill_id in (
      select own.id from bills own where own.tenant_id = ${trx.tenantId} and own.subscriber_id = ${of.billedTo})`;
  const { rows } = await sql<ReconnectionRow>`
    select f.id, f.subscription_id, f.cut_on, f.back_on, f.amount_centavos, f.bill_id, coalesce((
      select sum(greatest(0, own.open - disputed.amount)) from bills b
      cross join lateral (
        select coalesce(sum(d.amount_centavos) filter (where d.opened_at < k.added_at and d.decision is distinct from 'upheld'
            and (d.decided_at is null or d.decided_at >= k.added_at) ${openNow}), 0) as amount,
          bool_or(d.decided_at >= k.added_at) as is_decided_since
        from disputes d where d.tenant_id = b.tenant_id and d.bill_id = b.id) disputed
      cross join lateral (
        select sum(l.amount_centavos - l.settled_centavos + coalesce((
            select sum(a.amount_centavos) from allocations a
            join credit_sources s on s.tenant_id = a.tenant_id and s.id = a.source_id
            where a.tenant_id = l.tenant_id and a.bill_id = l.bill_id and a.line_no = l.line_no
              and a.released_at is null and s.received_on >= f.cut_on
              and not exists (select from credit_memos m where m.tenant_id = a.tenant_id and m.id = a.source_id
                and m.bill_id = b.id and m.kind = 'correction')), 0)) as open
        from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id and l.amount_centavos > 0
          and l.subscription_id = f.subscription_id) own
      where b.tenant_id = f.tenant_id and b.subscriber_id = payer.id and b.status = 'issued'
        and not b.is_imported and b.due_on < f.cut_on
        and b.due_on + case when disputed.is_decided_since
          then least(b.grace_days, coalesce(c.own_grace_days, p.own_grace_days, t.grace_days)) else b.grace_days end
          < f.cut_on), 0)::bigint as owed_centavos
    from reconnection_fees f
    join subscriptions c on c.tenant_id = f.tenant_id and c.id = f.subscription_id
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    join tenants t on t.id = f.tenant_id
    join block_reasons k on k.tenant_id = f.tenant_id and k.id = f.id
    cross join lateral (select ${hadBy(sql`k.added_at`)} as id) payer
    where f.tenant_id = ${trx.tenantId} and ${which} order by f.cut_on, f.id`.execute(trx);
  return rows;
}

/** The bills that ask for fees. */
export async function updateReconnectionsBilled(
  trx: TenantTransaction,
  billed: readonly { id: string; billId: string }[],
): Promise<void> {
  for (const { id, billId } of billed) {
    await trx.updateTable("reconnection_fees").set({ bill_id: billId })
      .where("tenant_id", "=", trx.tenantId).where("id", "=", id).where("bill_id", "is", null).execute();
  }
}

/** Bills are void: what they asked for waits for the next one. Of who pays up front by now the next run makes one. */
export async function freeReconnections(
  trx: TenantTransaction,
  billIds: readonly string[],
  today: Temporal.PlainDate,
): Promise<void> {
  if (billIds.length === 0) return;
  await sql`
    with freed as (
      update reconnection_fees set bill_id = null, given_back_at = null
      where tenant_id = ${trx.tenantId} and bill_id = any(${[...billIds]}::uuid[]) returning subscription_id)
    update subscriptions c set next_bill_on = least(c.next_bill_on, ${today}::date)
    where c.tenant_id = ${trx.tenantId} and c.id in (select subscription_id from freed)
      and c.billing_mode = 'prepaid' and c.status in ('active', 'disconnected')`.execute(trx);
}

/** A fee was given back by a memo. False: it was before. */
export async function updateReconnectionGivenBack(
  trx: TenantTransaction,
  id: string,
  at: Temporal.Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable("reconnection_fees").set({ given_back_at: at })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", id).where("bill_id", "is not", null)
    .where("given_back_at", "is", null).executeTakeFirst();
  return numUpdatedRows > 0n;
}
