import { type Insertable, type Selectable, sql } from "kysely";
import { columnsOf } from "../db/columns.ts";
import type { OutagesTable } from "../db/schema.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { CONNECTION_LABEL } from "./outage_names.ts";
import { type Ordering, windowOf } from "../db/ordering.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** An outage as it is stored. */
export type OutageRow = Selectable<OutagesTable>;

/** An outage in a list. */
export interface OutageListRow extends OutageRow {
  site_name: string | null;
  router_name: string | null;
  /** The connections that were named, where they were, as each is told from others. */
  ppp_names: string[] | null;
  /** A memo stands for a period that it touches. */
  is_credited: boolean;
}

const COLUMNS = [
  "tenant_id",
  "id",
  "from_at",
  "to_at",
  "cause",
  "kind",
  "scope",
  "site_id",
  "router_id",
  "connections",
  "recorded_at",
  "recorded_by",
  "announced_at",
  "taken_back_at",
  "taken_back_by",
  "take_back_reason",
] as const;

const BY_TIME: Ordering<OutageListRow> = {
  keys: [
    { by: sql`o.from_at`, kind: "instant", of: (row) => String(row.from_at) },
    { by: sql`o.id`, kind: "uuid", of: (row) => row.id },
  ],
  isDescending: true,
};

/** What was ever credited: most outages are told apart by it without looking at their connections. */
const SPANS = sql`select distinct g.period_start, p.period_end from outage_credits g
  join charged_periods p on p.tenant_id = g.tenant_id and p.subscription_id = g.subscription_id
    and p.period_start = g.period_start`;

const LIST = sql`
  select ${columnsOf("o", COLUMNS)}, s.name as site_name, r.name as router_name,
    case when o.scope = 'chosen' then array(select ${CONNECTION_LABEL} from outage_connections h
      join subscriptions c on c.tenant_id = h.tenant_id and c.id = h.subscription_id
      where h.tenant_id = o.tenant_id and h.outage_id = o.id order by c.ppp_name, c.ppp_service, c.id) end as ppp_names,
    o.taken_back_at is null and exists (select from spans x join tenants t on t.id = o.tenant_id
      where x.period_end > (o.from_at at time zone t.time_zone)::date
        and x.period_start <= (coalesce(o.to_at, 'infinity') at time zone t.time_zone)::date)
      and exists (select from outage_connections h
      join outage_credits g on g.tenant_id = h.tenant_id and g.subscription_id = h.subscription_id
      join credit_memos m on m.tenant_id = g.tenant_id and m.id = g.memo_id and m.voided_at is null
      join charged_periods p on p.tenant_id = g.tenant_id and p.subscription_id = g.subscription_id
        and p.period_start = g.period_start
      join tenants t on t.id = o.tenant_id
      where h.tenant_id = o.tenant_id and h.outage_id = o.id
        and p.period_end > (o.from_at at time zone t.time_zone)::date
        and p.period_start <= (coalesce(o.to_at, 'infinity') at time zone t.time_zone)::date) as is_credited
  from outages o
  left join sites s on s.tenant_id = o.tenant_id and s.id = o.site_id
  left join routers r on r.tenant_id = o.tenant_id and r.id = o.router_id`;

/** The newest first, with those that were taken back when they are asked for. */
export async function listOutages(
  trx: TenantTransaction,
  filter: OutageFilter,
  request: PageRequest,
): Promise<Page<OutageListRow>> {
  const window = windowOf(BY_TIME, request);
  const { rows } = await sql<
    OutageListRow
  >`with spans as materialized (${SPANS} where g.tenant_id = ${trx.tenantId})
    ${LIST} where ${matching(trx, filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many match. */
export async function countOutages(trx: TenantTransaction, filter: OutageFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from outages o
    where ${matching(trx, filter)}`.execute(trx);
  return rows[0]?.n ?? 0;
}

/** Which outages a list shows. */
export interface OutageFilter {
  withTakenBack: boolean;
}

function matching(trx: TenantTransaction, { withTakenBack }: OutageFilter) {
  return sql`o.tenant_id = ${trx.tenantId} and (${withTakenBack} or o.taken_back_at is null)`;
}

/** One outage; null when not of this tenant. */
export async function findOutage(trx: TenantTransaction, id: string): Promise<OutageListRow | null> {
  const { rows } = await sql<OutageListRow>`
    with spans as materialized (${SPANS} where g.tenant_id = ${trx.tenantId} and g.subscription_id in (
      select h.subscription_id from outage_connections h where h.tenant_id = ${trx.tenantId} and h.outage_id = ${id}))
    ${LIST} where o.tenant_id = ${trx.tenantId} and o.id = ${id}`
    .execute(trx);
  return rows[0] ?? null;
}

/** The same, held until commit. */
export async function lockOutage(trx: TenantTransaction, id: string): Promise<OutageListRow | null> {
  await sql`select id from outages where tenant_id = ${trx.tenantId} and id = ${id} for no key update`
    .execute(trx);
  return await findOutage(trx, id);
}

/** What a person says about an outage. */
export type OutageFacts = Pick<
  Insertable<OutagesTable>,
  "from_at" | "to_at" | "cause" | "kind" | "scope" | "site_id" | "router_id" | "announced_at"
>;

/** Adds an outage; its connections are added beside it. */
export async function insertOutage(
  trx: TenantTransaction,
  outage: OutageFacts & Pick<OutageRow, "id" | "connections" | "recorded_at" | "recorded_by">,
): Promise<void> {
  await trx.insertInto("outages").values({ ...outage, tenant_id: trx.tenantId }).execute();
}

/** Corrects an outage, ends it or takes it back. */
export async function updateOutage(
  trx: TenantTransaction,
  id: string,
  columns: Partial<
    OutageFacts & Pick<OutageRow, "connections" | "taken_back_at" | "taken_back_by" | "take_back_reason">
  >,
): Promise<void> {
  await trx.updateTable("outages").set(columns).where("tenant_id", "=", trx.tenantId).where("id", "=", id)
    .execute();
}

/** Takes the connections of an outage away, before others are noted. */
export async function deleteOutageConnections(trx: TenantTransaction, id: string): Promise<void> {
  await trx.deleteFrom("outage_connections").where("tenant_id", "=", trx.tenantId).where("outage_id", "=", id)
    .execute();
}

/** Which connections an outage took down, and on which of its days they had to be in service. */
export interface OutageReach {
  scope: OutageRow["scope"];
  siteId: string | null;
  routerId: string | null;
  /** Subscriptions, where they are chosen one by one. */
  chosen: readonly string[];
  fromOn: Temporal.PlainDate;
  toOn: Temporal.PlainDate;
  /** Only those that began on this day or later. */
  beganFrom?: Temporal.PlainDate;
}

/** Notes the connections in reach that had begun by its end and not ended before it; how many there are in all. */
export async function insertOutageConnections(
  trx: TenantTransaction,
  id: string,
  { scope, siteId, routerId, chosen, fromOn, toOn, beganFrom }: OutageReach,
): Promise<number> {
  const reach = scope === "company"
    ? sql`true`
    : scope === "router"
    ? sql`c.router_id = ${routerId}::uuid`
    : scope === "site"
    ? sql`c.router_id in (select r.id from routers r where r.tenant_id = ${trx.tenantId} and r.site_id = ${siteId}::uuid)`
    : sql`c.id = any(${[...chosen]}::uuid[])`;
  await sql`
    insert into outage_connections (tenant_id, outage_id, subscription_id)
    select c.tenant_id, ${id}::uuid, c.id from subscriptions c
    where c.tenant_id = ${trx.tenantId} and ${reach} and c.activated_on <= ${toOn}::date
      and (${beganFrom ?? null}::date is null or c.activated_on >= ${beganFrom ?? null}::date)
      and (c.ended_on is null or c.ended_on >= ${fromOn}::date) and (c.status <> 'cancelled' or c.ended_on is not null)
    on conflict do nothing`.execute(trx);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from outage_connections
    where tenant_id = ${trx.tenantId} and outage_id = ${id}`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** A router that does not answer, since when, and no live outage says so. */
export interface SilentRouter {
  id: string;
  name: string;
  site_name: string;
  since: Temporal.Instant;
  connections: number;
}

/** What may be an outage: routers that have not answered for at least an hour. Nothing is credited by this. */
export async function listSilentRouters(
  trx: TenantTransaction,
  now: Temporal.Instant,
): Promise<SilentRouter[]> {
  const { rows } = await sql<SilentRouter>`
    select r.id, r.name, s.name as site_name, r.status_at as since,
      (select count(*)::int from subscriptions c where c.tenant_id = r.tenant_id and c.router_id = r.id
        and c.status in ('active', 'disconnected')) as connections
    from routers r join sites s on s.tenant_id = r.tenant_id and s.id = r.site_id
    where r.tenant_id = ${trx.tenantId} and r.archived_at is null and r.status = 'unreachable'
      and r.status_at < ${now}::timestamptz - interval '1 hour'
      and not exists (select from outages o where o.tenant_id = r.tenant_id and o.taken_back_at is null
        and (o.scope = 'company' or o.router_id = r.id or o.site_id = r.site_id)
        and o.from_at <= ${now}::timestamptz and coalesce(o.to_at, 'infinity') > r.status_at)
    order by r.status_at, r.name limit 20`.execute(trx);
  return rows;
}
