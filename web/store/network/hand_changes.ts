import { sql } from "kysely";
import { DEFAULT_PPP_SERVICE, type HandChange, type PppService } from "@/shared/protocol/mod.ts";
import { announceLive } from "../live/live_topics.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import { toRecordset } from "../db/recordset.ts";
import type { RouterHandChangesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Changes that are kept of one router, the newest: what an agent can fill has an end. */
export const KEPT_OF_ROUTER = 5_000;

export type HandChangeKind = RouterHandChangesTable["kind"];

/** What somebody did to an account on the router itself. */
export interface HandChangeRow {
  id: string;
  ppp_name: string;
  ppp_service: PppService;
  kind: HandChangeKind;
  before: string | null;
  after: string | null;
  /** The router's own log line. */
  said: string | null;
  found_at: Temporal.Instant;
  /** Null when the connection is gone from the books. */
  subscriber_id: string | null;
  subscriber_name: string | null;
}

/** A change as it is told, with when it was found by our clock. */
export interface ToldChange extends Omit<HandChange, "found_ms"> {
  foundAt: Temporal.Instant;
  /** Business date. */
  foundOn: Temporal.PlainDate;
}

/**
 * Keeps changes of accounts that Linya manages on this router, or managed once. Others, and those of a router of
 * another site, are not kept; an id that this router has used already is left as it is.
 */
export async function insertHandChanges(
  trx: TenantTransaction,
  where: { siteId: string; routerId: string },
  told: { changes: readonly ToldChange[]; now: Temporal.Instant },
): Promise<void> {
  const { siteId, routerId } = where;
  const rows = told.changes.map((change) => ({ ...change, service: change.service ?? DEFAULT_PPP_SERVICE }));
  const kept = await sql<{ subscriber_id: string | null }>`
    with kept as (
      insert into router_hand_changes (tenant_id, router_id, id, subscription_id, ppp_name, ppp_service, kind, before,
        after, said, found_at, found_on, told_at)
      select r.tenant_id, r.id, c.id, d.subscription_id, c.name, c.service, c.kind, c.before, c.after, c.said,
        c."foundAt", c."foundOn", ${told.now}
      from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as c(id uuid, name text, service text, kind text, before text, after text, said text,
        "foundAt" timestamptz, "foundOn" date)
      join routers r on r.tenant_id = ${trx.tenantId} and r.id = ${routerId} and r.site_id = ${siteId}
        and r.archived_at is null
      join desired_secrets d on d.tenant_id = r.tenant_id and d.router_id = r.id and d.ppp_name = c.name
        and d.ppp_service = c.service
      on conflict (tenant_id, router_id, id) do nothing returning subscription_id)
    select distinct s.subscriber_id from kept left join subscriptions s on s.tenant_id = ${trx.tenantId}
      and s.id = kept.subscription_id`.execute(trx);
  if (kept.rows.length === 0) return;
  await deleteBeyond(trx, routerId);
  const people = kept.rows.flatMap(({ subscriber_id: id }) =>
    id === null ? [] : [`subscriber:${id}` as const]
  );
  announceLive(trx, ["network", `router:${routerId}`, ...people]);
}

async function deleteBeyond(trx: TenantTransaction, routerId: string): Promise<void> {
  await sql`
    delete from router_hand_changes where tenant_id = ${trx.tenantId} and router_id = ${routerId}
      and (found_at, id) <= (select found_at, id from router_hand_changes where tenant_id = ${trx.tenantId}
        and router_id = ${routerId} order by found_at desc, id desc offset ${KEPT_OF_ROUTER} limit 1)`
    .execute(trx);
}

/** What a list of changes is narrowed to. */
export interface HandChangeFilter {
  routerId: string;
  kind?: HandChangeKind | undefined;
}

const SORTS: Readonly<Record<string, readonly SortKey<HandChangeRow>[]>> = {
  found: [
    { by: sql`h.found_at`, kind: "instant", of: (row) => row.found_at.toString() },
    { by: sql`h.id`, kind: "uuid", of: (row) => row.id },
  ],
};

/** Changes of a router, newest first. */
export async function listHandChanges(
  trx: TenantTransaction,
  filter: HandChangeFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<HandChangeRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-found"), request);
  const kind = filter.kind === undefined ? sql`true` : sql`h.kind = ${filter.kind}`;
  const { rows } = await sql<HandChangeRow>`
    select h.id, h.ppp_name, h.ppp_service, h.kind, h.before, h.after, h.said, h.found_at, b.id as subscriber_id,
      b.name as subscriber_name
    from router_hand_changes h
    left join subscriptions c on c.tenant_id = h.tenant_id and c.id = h.subscription_id
    left join subscribers b on b.tenant_id = c.tenant_id and b.id = c.subscriber_id
    where h.tenant_id = ${trx.tenantId} and h.router_id = ${filter.routerId} and ${kind} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many changes of a router are kept, by kind. */
export async function countHandChanges(
  trx: TenantTransaction,
  routerId: string,
): Promise<{ kind: HandChangeKind; changes: number }[]> {
  const { rows } = await sql<{ kind: HandChangeKind; changes: number }>`
    select kind, count(*)::int as changes from router_hand_changes
    where tenant_id = ${trx.tenantId} and router_id = ${routerId} group by kind order by kind`.execute(trx);
  return rows;
}
