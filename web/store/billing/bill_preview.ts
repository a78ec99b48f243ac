import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { IS_OPEN_END } from "../subscribers/service_ends.ts";
import { DUE_COLUMNS, type DueSubscription, uuidArray } from "./bill_run.ts";

/** A connection that a run would bill, and who has it. */
export interface DueWithName extends DueSubscription {
  name: string;
  account_number: string;
  next_bill_on: string;
}

/** What a run on a day would claim, in the order of the ids, without claiming it. */
export async function listDueForPreview(
  trx: TenantTransaction,
  day: Temporal.PlainDate,
  page: { leadDays: number; afterId: string | null; limit: number },
): Promise<DueWithName[]> {
  const after = page.afterId === null ? sql`true` : sql`c.id > ${page.afterId}::uuid`;
  const { rows } = await sql<DueWithName>`
    select ${DUE_COLUMNS}, s.name, s.account_number, c.next_bill_on::text as next_bill_on
    from subscriptions c
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    where c.tenant_id = ${trx.tenantId} and c.status in ('active', 'disconnected') and c.status <> 'cancelled' and ${after}
      and (c.next_bill_on <= ${day} or (c.bill_timing = 'advance' and c.next_bill_on > ${day}
        and c.billed_through_on - ${page.leadDays}::int <= ${day}::date))
    order by c.id limit ${page.limit}`.execute(trx);
  return rows;
}

/** A connection whose planned end the night before a run makes, unless a bill has to be made again first. */
export interface EndToCome {
  id: string;
  subscriber_id: string;
  name: string;
  account_number: string;
  ppp_name: string;
  billed_through_on: string | null;
  last_on: Temporal.PlainDate;
}

/** In the order of the ids. */
export async function listEndsForPreview(
  trx: TenantTransaction,
  day: Temporal.PlainDate,
): Promise<EndToCome[]> {
  const { rows } = await sql<EndToCome>`
    select c.id, c.subscriber_id, s.name, s.account_number, c.ppp_name, c.billed_through_on::text as billed_through_on,
      e.last_on
    from service_ends e
    join subscriptions c on c.tenant_id = e.tenant_id and c.id = e.subscription_id
    join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    where e.tenant_id = ${trx.tenantId} and ${IS_OPEN_END} and e.state = 'planned' and e.last_on < ${day}::date
      and c.status in ('active', 'disconnected') and not exists (select from charged_periods p
        where p.tenant_id = c.tenant_id and p.subscription_id = c.id and p.state = 'to_bill_again')
    order by c.id`.execute(trx);
  return rows;
}

/** Who is billed for days of before. */
export interface PayerName {
  subscriberId: string;
  name: string;
  accountNumber: string;
}

/** Subscribers by id, for bills that are not of who has the connection now. */
export async function listPayerNames(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
): Promise<Map<string, PayerName>> {
  if (subscriberIds.length === 0) return new Map();
  const rows = await trx.selectFrom("subscribers").select(["id", "name", "account_number"])
    .where("tenant_id", "=", trx.tenantId).where("id", "in", [...subscriberIds]).execute();
  return new Map(
    rows.map((
      { id, name, account_number },
    ) => [id, { subscriberId: id, name, accountNumber: account_number }]),
  );
}

/** The newest live bill of a connection, with the price that it was made by. */
export interface LastBillRow {
  subscription_id: string;
  total_centavos: bigint;
  price_centavos: bigint;
}

/** The newest live bill of each connection; those with none are left out. What an import brought is no bill of ours. */
export async function listLastBills(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<LastBillRow[]> {
  const { rows } = await sql<LastBillRow>`
    select c.id as subscription_id, b.total_centavos,
      coalesce((select max(p.price_centavos) from charged_periods p where p.tenant_id = ${trx.tenantId}
        and p.subscription_id = c.id and p.period_start >= b.period_start and p.period_start < b.period_end
        and p.bill_id = b.id), 0)::bigint as price_centavos
    from unnest(${uuidArray(subscriptionIds)}::uuid[]) as c(id)
    cross join lateral (select b.id, b.total_centavos, b.period_start, b.period_end from bills b
      where b.tenant_id = ${trx.tenantId} and b.subscription_id = c.id and b.status = 'issued' and not b.is_imported
      order by b.period_start desc limit 1) b`.execute(trx);
  return rows;
}

/** A day on which bills are due, and of how many connections. */
export interface DueDay {
  day: Temporal.PlainDate;
  connections: number;
}

/** The next days with bills, from the first day that can still run; what is overdue comes on that day. */
export async function listDueDays(
  trx: TenantTransaction,
  from: Temporal.PlainDate,
  limit: number,
): Promise<DueDay[]> {
  const { rows } = await sql<DueDay>`
    select greatest(least(c.next_bill_on, e.last_on + 1), ${from}::date) as day, count(*)::int as connections
    from subscriptions c left join service_ends e on e.tenant_id = c.tenant_id and e.subscription_id = c.id
      and ${IS_OPEN_END} and e.state = 'planned'
    where c.tenant_id = ${trx.tenantId} and c.status in ('active', 'disconnected') and c.status <> 'cancelled'
      and c.next_bill_on is not null
    group by 1 order by 1 limit ${limit}`.execute(trx);
  return rows;
}

/** Bills of the scheduled runs of some days; null where none of the days was run. */
export async function sumBillsOfDays(
  trx: TenantTransaction,
  days: { from: Temporal.PlainDate; until: Temporal.PlainDate },
): Promise<number | null> {
  const { rows } = await sql<{ bills: number | null }>`
    select sum(changed)::int as bills from runs
    where tenant_id = ${trx.tenantId} and kind = 'bill' and trigger = 'scheduled' and status = 'done'
      and business_on between ${days.from} and ${days.until}`.execute(trx);
  return rows[0]?.bills ?? null;
}

/** Connections that a bill run has still to look at; whoever it has left alone is none of them. */
export async function countStillDue(
  trx: TenantTransaction,
  run: { id: string; business_on: Temporal.PlainDate },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from subscriptions c
    where c.tenant_id = ${trx.tenantId} and c.next_bill_on <= ${run.business_on}
      and c.status in ('active', 'disconnected') and c.status <> 'cancelled'
      and not exists (select from run_rows w where w.tenant_id = c.tenant_id and w.run_id = ${run.id}
        and w.subscription_id = c.id and w.outcome = 'failed')`.execute(trx);
  return rows[0]?.count ?? 0;
}
