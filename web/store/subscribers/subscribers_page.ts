import { type RawBuilder, sql } from "kysely";
import type { BillStatus } from "@/web/domain/billing/mod.ts";
import type { SubscriptionState } from "@/web/domain/network/mod.ts";
import { isExpiring } from "../billing/coverage.ts";
import { type AgingBucket, type Connection, type ConnectionRow, connectionRows } from "./connections.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { SubscriberRow } from "./subscribers.ts";
import { IS_OPEN_END } from "./service_ends.ts";
import { phoneStarts, startsWith } from "../db/search.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What the subscribers list is narrowed to; it is also the address of the list. */
export interface SubscriberFilter {
  /** Any part of name, account number, phone, address or PPP name. */
  q?: string | undefined;
  bill?: BillStatus | undefined;
  /** `any`: whatever the router says, but not those that have ended. */
  connection?: Connection | "any" | undefined;
  service?: SubscriptionState | undefined;
  /** `late`: everything past its due date. */
  aging?: AgingBucket | "late" | undefined;
  /** Bills have stopped because too many are unpaid: to end, or to go on with. */
  isStopped?: boolean | undefined;
  /** Something was agreed in place of the plan's price that counts on this day or later. */
  ownPriceOn?: Temporal.PlainDate | undefined;
  /** Its end is planned, or asked for and not decided. */
  ends?: "planned" | "asked" | undefined;
  /** What they said to being written to. */
  consent?: SubscriberRow["consent"] | undefined;
  /** Paid up front; `expiring`: not for long any more. */
  prepaid?: { which: "all" | "expiring"; today: Temporal.PlainDate } | undefined;
  siteId?: string | undefined;
  routerId?: string | undefined;
  planId?: string | undefined;
  /** Only these connections: the ticked rows of a page. */
  subscriptionIds?: readonly string[] | undefined;
}

/** A line of the subscribers list: one subscription, or a subscriber that has none. */
export interface SubscriberListRow {
  subscriberId: string;
  subscriptionId: string | null;
  accountNumber: string;
  name: string;
  phone: string | null;
  planName: string | null;
  pppName: string | null;
  routerName: string | null;
  siteName: string | null;
  /** Null: no bill was ever issued. */
  billStatus: BillStatus | null;
  balanceCentavos: bigint;
  oldestDueOn: Temporal.PlainDate | null;
  connection: Connection;
  serviceState: SubscriptionState | null;
  holdUntil: Temporal.PlainDate | null;
  /** Last day of service, where its end is planned. */
  endsAfter: Temporal.PlainDate | null;
}

/** The moment a list is read at. */
export interface ListMoment {
  /** Business date. */
  today: Temporal.PlainDate;
  /** Real time. */
  now: Temporal.Instant;
}

interface ListedRow extends ConnectionRow {
  ends_after: Temporal.PlainDate | null;
}

const NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
const NO_DATE = "0001-01-01";
const FOUND_MAX = 1000;

/** The last keys of every sort: they make it unique. */
const TIES: readonly SortKey<ListedRow>[] = [
  { by: sql`subscriber_id`, kind: "uuid", of: (row) => row.subscriber_id },
  {
    by: sql`coalesce(subscription_id, ${sql.lit(NO_SUBSCRIPTION)}::uuid)`,
    kind: "uuid",
    of: (row) => row.subscription_id ?? NO_SUBSCRIPTION,
  },
];

/** What the list can be sorted by; the address names one, with a minus sign for downwards. */
const SORTS: Readonly<Record<string, readonly SortKey<ListedRow>[]>> = {
  name: [{ by: sql`name_sort`, kind: "text", of: (row) => row.name_sort }, ...TIES],
  account: [{ by: sql`account_lower`, kind: "text", of: (row) => row.account_lower }, ...TIES],
  balance: [
    { by: sql`balance_centavos`, kind: "integer", of: (row) => String(row.balance_centavos) },
    ...TIES,
  ],
  due: [
    {
      by: sql`coalesce(oldest_due_on, ${sql.lit(NO_DATE)}::date)`,
      kind: "date",
      of: (row) => row.oldest_due_on?.toString() ?? NO_DATE,
    },
    ...TIES,
  ],
  user: [{ by: sql`coalesce(ppp_name, '')`, kind: "text", of: (row) => row.ppp_name ?? "" }, ...TIES],
  plan: [{ by: sql`coalesce(plan_sort, '')`, kind: "text", of: (row) => row.plan_sort ?? "" }, ...TIES],
  site: [{ by: sql`coalesce(site_sort, '')`, kind: "text", of: (row) => row.site_sort ?? "" }, ...TIES],
};

/**
 * One page of subscribers, by name unless another sort is asked for.
 *
 * @param request `isRare`: few of all rows match, so that looking them up one by one in the order of names would take
 * longer than gathering all; the rows are the same
 */
export async function listSubscribers(
  trx: TenantTransaction,
  filter: SubscriberFilter,
  moment: ListMoment,
  request: PageRequest & { sort?: string | undefined; isRare?: boolean },
): Promise<Page<SubscriberListRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "name"), request);
  const isWhole = request.isRare === true || isComputed(request.sort);
  const { rows } = await sql<ListedRow>`
    select * from (${connectionRows({ tenantId: trx.tenantId, ...moment }, { isWhole })}) as rows
    left join (select e.subscription_id as ending_id, e.last_on as ends_after from service_ends e
      where e.tenant_id = ${trx.tenantId} and ${IS_OPEN_END} and e.state = 'planned') as ends
      on ending_id = subscription_id
    where ${subscriberConditions(filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  const page = window.toPage(rows);
  return { ...page, rows: page.rows.map(toListRow) };
}

/** Sorted by something that is computed of every row: then all are gathered at once. */
function isComputed(sort: string | undefined): boolean {
  return sort !== undefined && !/^-?(name|account)$/.test(sort);
}

/** How many lines the list has under a filter, and what they owe together. */
export async function countSubscribers(
  trx: TenantTransaction,
  filter: SubscriberFilter,
  moment: ListMoment,
): Promise<{ count: number; balanceCentavos: bigint }> {
  const { rows } = await sql<{ count: number; balance: bigint }>`
    select count(*)::int as count, coalesce(sum(balance_centavos), 0)::bigint as balance
    from (${connectionRows({ tenantId: trx.tenantId, ...moment }, { isWhole: true })}) as rows
    where ${subscriberConditions(filter)}`.execute(trx);
  return { count: rows[0]?.count ?? 0, balanceCentavos: rows[0]?.balance ?? 0n };
}

/** Connections of the lines under a filter, by id; lines without a connection have nothing that can be acted on. */
export async function listFilteredConnections(
  trx: TenantTransaction,
  filter: SubscriberFilter,
  moment: ListMoment,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select subscription_id as id
    from (${
    connectionRows({ tenantId: trx.tenantId, ...moment }, { isWhole: filter.subscriptionIds === undefined })
  }) as rows
    where subscription_id is not null and ${subscriberConditions(filter)} order by subscription_id`.execute(
    trx,
  );
  return rows.map((row) => row.id);
}

/** How many lines of the subscribers list each chip leads to. */
export interface ChipCounts {
  all: number;
  online: number;
  offline: number;
  unknown: number;
  due: number;
  grace: number;
  overdue: number;
  disconnected: number;
  held: number;
  cancelled: number;
}

/**
 * Counts for the chips and of the whole filter, in one pass over the rows of the list. `offset 0` keeps the planner from
 * copying the status of a row into each chip, where its bills were looked up once for each.
 */
export async function countSubscriberChips(
  trx: TenantTransaction,
  filter: SubscriberFilter,
  around: SubscriberFilter,
  moment: ListMoment,
): Promise<ChipCounts & { matching: number }> {
  const { rows } = await sql<ChipCounts & { matching: number }>`
    select count(*)::int as all,
      count(*) filter (where ${subscriberConditions(filter)})::int as matching,
      count(*) filter (where connection = 'online' and service_state <> 'cancelled')::int as online,
      count(*) filter (where connection = 'offline' and service_state <> 'cancelled')::int as offline,
      count(*) filter (where connection = 'unknown' and service_state <> 'cancelled')::int as unknown,
      count(*) filter (where bill_status = 'due')::int as due,
      count(*) filter (where bill_status = 'grace')::int as grace,
      count(*) filter (where bill_status = 'overdue')::int as overdue,
      count(*) filter (where service_state = 'disconnected')::int as disconnected,
      count(*) filter (where service_state = 'held')::int as held,
      count(*) filter (where service_state = 'cancelled')::int as cancelled
    from (select * from (${connectionRows({ tenantId: trx.tenantId, ...moment }, { isWhole: true })}) as rows
      where ${subscriberConditions(around)} offset 0) as rows`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error("Cannot count subscribers: no row came back");
  return row;
}

/** The rows of connectionRows() of a filter, as a condition: the list and every figure that leads to it use it. */
export function subscriberConditions(filter: SubscriberFilter): RawBuilder<unknown> {
  const conditions = [sql`true`];
  if (filter.bill !== undefined) conditions.push(sql`bill_status = ${filter.bill}`);
  if (filter.connection !== undefined) conditions.push(sql`service_state <> 'cancelled'`);
  if (filter.connection !== undefined && filter.connection !== "any") {
    conditions.push(sql`connection = ${filter.connection}`);
  }
  if (filter.service !== undefined) conditions.push(sql`service_state = ${filter.service}`);
  if (filter.aging === "late") conditions.push(sql`aging <> 'current'`);
  else if (filter.aging !== undefined) conditions.push(sql`aging = ${filter.aging}`);
  if (filter.isStopped === true) {
    conditions.push(sql`stopped_from_on is not null and service_state <> 'cancelled'`);
  }
  if (filter.ownPriceOn !== undefined) {
    conditions.push(sql`subscription_id in (select own.subscription_id from subscription_prices own
      where own.tenant_id = nullif(current_setting('app.tenant', true), '')::uuid and own.taken_back_at is null
        and (own.last_on is null or own.last_on >= ${filter.ownPriceOn}))`);
  }
  if (filter.consent !== undefined) {
    conditions.push(sql`subscriber_id in (select p.id from subscribers p
      where p.tenant_id = nullif(current_setting('app.tenant', true), '')::uuid and p.consent = ${filter.consent})`);
  }
  if (filter.ends !== undefined) {
    conditions.push(sql`subscription_id in (select e.subscription_id from service_ends e
      where e.tenant_id = nullif(current_setting('app.tenant', true), '')::uuid and ${IS_OPEN_END}
        and e.state = ${filter.ends})`);
  }
  if (filter.prepaid !== undefined) {
    const { which, today } = filter.prepaid;
    conditions.push(sql`subscription_id in (select c.id from subscriptions c
      where c.tenant_id = nullif(current_setting('app.tenant', true), '')::uuid
        and ${which === "expiring" ? isExpiring(today) : sql`c.billing_mode = 'prepaid'`})`);
  }
  if (filter.siteId !== undefined) conditions.push(sql`site_id = ${filter.siteId}`);
  if (filter.routerId !== undefined) conditions.push(sql`router_id = ${filter.routerId}`);
  if (filter.planId !== undefined) conditions.push(sql`plan_id = ${filter.planId}`);
  if (filter.subscriptionIds !== undefined) {
    conditions.push(sql`subscription_id = any(${[...filter.subscriptionIds]}::uuid[])`);
  }
  const words = filter.q?.trim() ?? "";
  if (words !== "") conditions.push(matches(words));
  return sql.join(conditions, sql` and `);
}

/** Beginnings of a phone number and anything written on a subscriber; each arm has its index. */
function matches(words: string): RawBuilder<unknown> {
  const phones = phoneStarts(words).map((start) =>
    sql`select p.id from subscribers p where ${startsWith(sql`p.phone_digits`, start)}
      and p.tenant_id = nullif(current_setting('app.tenant', true), '')::uuid`
  );
  const found = sql`select found.subscriber_id from search_subscriber_ids(${words}, ${FOUND_MAX}) found`;
  // As an array: joined, each row of the list was compared with each one that was found.
  return sql`subscriber_id = any(array(${sql.join([found, ...phones], sql` union `)}))`;
}

function toListRow(row: ListedRow): SubscriberListRow {
  return {
    subscriberId: row.subscriber_id,
    subscriptionId: row.subscription_id,
    accountNumber: row.account_number,
    name: row.name,
    phone: row.phone,
    planName: row.plan_name,
    pppName: row.ppp_name,
    routerName: row.router_name,
    siteName: row.site_name,
    billStatus: row.bill_status,
    balanceCentavos: row.balance_centavos,
    oldestDueOn: row.oldest_due_on,
    connection: row.connection,
    serviceState: row.service_state,
    holdUntil: row.hold_until,
    endsAfter: row.ends_after,
  };
}
