import { type RawBuilder, type Selectable, sql } from "kysely";
import type { BillStatus } from "@/web/domain/billing/mod.ts";
import type { SubscriptionState } from "@/web/domain/provisioning/mod.ts";
import { type AgingBucket, type Connection, type ConnectionRow, connectionRows } from "./connections.ts";
import { type Page, type PageRequest, type Position, positionOf, toPage } from "./keyset.ts";
import type { SubscribersTable } from "./schema.ts";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** What the subscribers list is narrowed to; it is also the address of the list. */
export interface SubscriberFilter {
  /** Any part of name, account number, phone, address or PPP name. */
  q?: string | undefined;
  bill?: BillStatus | undefined;
  connection?: Connection | undefined;
  service?: SubscriptionState | undefined;
  aging?: AgingBucket | undefined;
  siteId?: string | undefined;
  routerId?: string | undefined;
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
}

/** The moment a list is read at. */
export interface ListMoment {
  /** Business date. */
  today: Temporal.PlainDate;
  /** Real time. */
  now: Temporal.Instant;
}

const NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
const FOUND_MAX = 1000;

/** One page of subscribers by name. */
export async function listSubscribers(
  trx: TenantTransaction,
  filter: SubscriberFilter,
  moment: ListMoment,
  request: PageRequest,
): Promise<Page<SubscriberListRow>> {
  const position = positionOf(request, ["text", "uuid", "uuid"]);
  const direction = sql.raw(position.isBackward ? "desc" : "asc");
  const { rows } = await sql<ConnectionRow>`
    select * from (${connectionRows({ tenantId: trx.tenantId, ...moment })}) as rows
    where ${conditionsOf(filter)} and ${after(position)}
    order by name_lower ${direction}, subscriber_id ${direction},
      coalesce(subscription_id, ${NO_SUBSCRIPTION}::uuid) ${direction}
    limit ${request.limit + 1}`.execute(trx);
  const page = toPage(
    rows,
    request,
    position,
    (row) => [row.name_lower, row.subscriber_id, row.subscription_id ?? NO_SUBSCRIPTION],
  );
  return { ...page, rows: page.rows.map(toListRow) };
}

/** How many lines the list has under a filter, and what they owe together. */
export async function countSubscribers(
  trx: TenantTransaction,
  filter: SubscriberFilter,
  moment: ListMoment,
): Promise<{ count: number; balanceCentavos: bigint }> {
  const { rows } = await sql<{ count: number; balance: bigint }>`
    select count(*)::int as count, coalesce(sum(balance_centavos), 0)::bigint as balance
    from (${connectionRows({ tenantId: trx.tenantId, ...moment })}) as rows
    where ${conditionsOf(filter)}`.execute(trx);
  return { count: rows[0]?.count ?? 0, balanceCentavos: rows[0]?.balance ?? 0n };
}

/** A subscriber's own row; null when not of this tenant. */
export async function findSubscriber(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<Selectable<SubscribersTable> | null> {
  return await trx.selectFrom("subscribers").selectAll()
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriberId).executeTakeFirst() ?? null;
}

/** Locks a subscriber: everything that touches their money waits for each other here. */
export async function lockSubscriber(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<Selectable<SubscribersTable> | null> {
  return await trx.selectFrom("subscribers").selectAll().where("tenant_id", "=", trx.tenantId)
    .where("id", "=", subscriberId).forNoKeyUpdate().executeTakeFirst() ?? null;
}

/** Locks the subscribers of subscriptions, in id order; the order that every money transaction starts with. */
export async function lockSubscribersOf(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
): Promise<void> {
  await sql`
    select s.id from subscribers s where s.tenant_id = ${trx.tenantId} and s.id in (
      select c.subscriber_id from subscriptions c where c.tenant_id = ${trx.tenantId}
        and c.id = any(${[...subscriptionIds]}::uuid[]))
    order by s.id for no key update`.execute(trx);
}

/** What the office may change of a subscriber. */
export interface ContactFields {
  name: string;
  phone: string | null;
  email: string | null;
  address: string | null;
  notes: string | null;
}

/** Changes contact data. */
export async function updateSubscriberContact(
  trx: TenantTransaction,
  subscriberId: string,
  fields: ContactFields,
): Promise<void> {
  await trx.updateTable("subscribers").set(fields)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriberId).execute();
}

function conditionsOf(filter: SubscriberFilter): RawBuilder<unknown> {
  const conditions = [sql`true`];
  if (filter.bill !== undefined) conditions.push(sql`bill_status = ${filter.bill}`);
  if (filter.connection !== undefined) {
    conditions.push(sql`connection = ${filter.connection} and service_state <> 'cancelled'`);
  }
  if (filter.service !== undefined) conditions.push(sql`service_state = ${filter.service}`);
  if (filter.aging !== undefined) conditions.push(sql`aging = ${filter.aging}`);
  if (filter.siteId !== undefined) conditions.push(sql`site_id = ${filter.siteId}`);
  if (filter.routerId !== undefined) conditions.push(sql`router_id = ${filter.routerId}`);
  const words = filter.q?.trim() ?? "";
  if (words !== "") conditions.push(matches(words));
  return sql.join(conditions, sql` and `);
}

function matches(words: string): RawBuilder<unknown> {
  const digits = words.replace(/[^0-9]/g, "");
  const isPhone = digits.length >= 4 && /^[0-9 +()-]+$/.test(words);
  const phone = isPhone ? sql`phone_digits like ${digits + "%"}` : sql`false`;
  return sql`(subscriber_id in (select found.subscriber_id from search_subscriber_ids(${words}, ${FOUND_MAX}) found)
    or ${phone})`;
}

function after(position: Position): RawBuilder<unknown> {
  if (position.parts === null) return sql`true`;
  const [name, subscriber, subscription] = position.parts;
  const sign = sql.raw(position.isBackward ? "<" : ">");
  return sql`(name_lower, subscriber_id) ${sign}= (${name}, ${subscriber}::uuid)
    and (name_lower, subscriber_id, coalesce(subscription_id, ${NO_SUBSCRIPTION}::uuid)) ${sign}
      (${name}, ${subscriber}::uuid, ${subscription}::uuid)`;
}

function toListRow(row: ConnectionRow): SubscriberListRow {
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
  };
}
