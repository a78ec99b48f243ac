import { type RawBuilder, sql } from "kysely";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Which minutes: of one outage, or of all that stand in a stretch of time. */
export interface OutageReportFilter {
  outageId?: string | undefined;
  from: Temporal.Instant;
  /** Not after now: what is to come has no minutes. */
  to: Temporal.Instant;
}

/** A connection's time without service. Outages that overlap count once in it, each kind for itself. */
export interface OutageReportRow {
  subscription_id: string;
  subscriber_id: string;
  name: string;
  name_sort: string;
  account_number: string;
  ppp_name: string;
  outages: number;
  minutes: number;
  fault_minutes: number;
  planned_minutes: number;
  force_majeure_minutes: number;
}

/** What a report comes to. */
export interface OutageReportTotals {
  outages: number;
  connections: number;
  /** Of all connections together. */
  minutes: bigint;
}

const ID: SortKey<OutageReportRow> = { by: sql`c.id`, kind: "uuid", of: (row) => row.subscription_id };
const SORTS: Readonly<Record<string, readonly SortKey<OutageReportRow>[]>> = {
  name: [{ by: sql`c.name_sort`, kind: "text", of: (row) => row.name_sort }, ID],
};

/** Minutes connection by connection, by the name of the subscriber; a page reads the outages of its own rows only. */
export async function listOutageReport(
  trx: TenantTransaction,
  filter: OutageReportFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<OutageReportRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "name"), request);
  const minutes = (of: RawBuilder<unknown>) =>
    sql`coalesce((select floor(sum(extract(epoch from upper(d) - lower(d))) / 60)
    from unnest(${of}) d), 0)::int`;
  const { rows } = await sql<OutageReportRow>`
    with outage as materialized (${outagesOf(trx, filter)}),
    shown as materialized (
      select * from (select c.id, c.subscriber_id, s.name, s.name_sort, s.account_number, c.ppp_name
        from subscriptions c join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
        where c.tenant_id = ${trx.tenantId} and c.id in (select h.subscription_id from outage o
          join outage_connections h on h.tenant_id = ${trx.tenantId} and h.outage_id = o.id)) c
      where ${window.where} order by ${window.orderBy} limit ${window.limit})
    select c.id as subscription_id, c.subscriber_id, c.name, c.name_sort, c.account_number, c.ppp_name, down.outages,
      ${minutes(sql`down.spans`)} as minutes, ${minutes(sql`down.fault`)} as fault_minutes,
      ${minutes(sql`down.planned`)} as planned_minutes, ${minutes(sql`down.forced`)} as force_majeure_minutes
    from shown c cross join lateral (
      select count(*)::int as outages, range_agg(o.span) as spans,
        range_agg(o.span) filter (where o.kind = 'fault') as fault,
        range_agg(o.span) filter (where o.kind = 'scheduled') as planned,
        range_agg(o.span) filter (where o.kind = 'force_majeure') as forced
      from outage_connections h join outage o on o.id = h.outage_id
      where h.tenant_id = ${trx.tenantId} and h.subscription_id = c.id) down
    order by ${window.orderBy}`.execute(trx);
  return window.toPage(rows);
}

/** How many outages and connections a report has, and their minutes together. */
export async function sumOutageReport(
  trx: TenantTransaction,
  filter: OutageReportFilter,
): Promise<OutageReportTotals> {
  const { rows: [row] } = await sql<OutageReportTotals>`
    with outage as materialized (${outagesOf(trx, filter)}),
    down as (select h.subscription_id, range_agg(o.span) as spans from outage o
      join outage_connections h on h.tenant_id = ${trx.tenantId} and h.outage_id = o.id group by 1)
    select (select count(*)::int from outage) as outages, count(*)::int as connections,
      coalesce(sum((select floor(sum(extract(epoch from upper(d) - lower(d))) / 60) from unnest(down.spans) d)), 0)::bigint
        as minutes from down`.execute(trx);
  return row ?? { outages: 0, connections: 0, minutes: 0n };
}

function outagesOf({ tenantId }: TenantTransaction, { outageId, from, to }: OutageReportFilter) {
  return sql`
    select o.id, o.kind, tstzrange(greatest(o.from_at, ${from}::timestamptz),
      least(coalesce(o.to_at, 'infinity'), ${to}::timestamptz)) as span
    from outages o where o.tenant_id = ${tenantId} and o.from_at < ${to}::timestamptz
      and coalesce(o.to_at, 'infinity') > ${from}::timestamptz and ${from}::timestamptz < ${to}::timestamptz and ${
    outageId === undefined ? sql`o.taken_back_at is null` : sql`o.id = ${outageId}`
  }`;
}

/** What was recorded about an outage, and every correction of it as a line of its own. */
export interface OutageHistoryRow {
  at: Temporal.Instant;
  actor: string;
  summary: string;
  details: { from?: string; to?: string | null; kind?: string };
}

/** The oldest first. */
export async function listOutageHistory(trx: TenantTransaction, id: string): Promise<OutageHistoryRow[]> {
  const { rows } = await sql<OutageHistoryRow>`
    select at, actor, summary, details from audit_entries
    where tenant_id = ${trx.tenantId} and subject_kind = 'outage' and subject_id = ${id} order by sequence`
    .execute(trx);
  return rows;
}
