import { type RawBuilder, sql } from "kysely";
import type { ShellCounts } from "./shell.ts";

/**
 * What the frame counts, by site, for somebody who is limited: their session is read before anybody knows which of their
 * sites the page shows, and a second transaction for the figures cost them as much as half a list.
 */
export interface SiteCounts {
  /** The site of each agent, and of each that is online. */
  agents: string[];
  online: string[];
  /** The site of each import that waits for a review. */
  imports: string[];
  /** Requests for an approval that wait, with the sites from where each is seen. */
  requests: { kind: string; askedById: string | null; siteIds: string[] }[];
}

/**
 * They, as one JSON value of a statement that asks for something else as well: of the sites which the roles name; null
 * where these name none. What is seen from where is as in `limited_views.ts`; a test compares both.
 *
 * @param roles ids of roles, as a subquery
 * @param freshAfter an agent whose last heartbeat is older counts as offline
 */
export function siteCounts(
  tenantId: string,
  roles: RawBuilder<unknown>,
  freshAfter: Temporal.Instant,
): RawBuilder<SiteCounts | null> {
  const agents = sql`from agents a where a.tenant_id = ${tenantId} and a.revoked_at is null
    and a.site_id = any(own.ids)`;
  return sql<SiteCounts | null>`(select json_build_object(
    'agents', array(select a.site_id ${agents}),
    'online', array(select a.site_id ${agents} and exists (select from agent_presence p
      where p.tenant_id = a.tenant_id and p.agent_id = a.id and p.disconnected_at is null
        and p.heartbeat_at > ${freshAfter})),
    'imports', array(select r.site_id from import_batches b
      join routers r on r.tenant_id = b.tenant_id and r.id = b.router_id
      where b.tenant_id = ${tenantId} and b.status = 'review' and r.site_id = any(own.ids)),
    'requests', coalesce((select json_agg(json_build_object('kind', a.kind, 'askedById', a.asked_by_id,
        'siteIds', case when a.site_id is not null then array[a.site_id] else array(select distinct r.site_id
          from subscriptions c join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
          where c.tenant_id = a.tenant_id and c.subscriber_id = a.subscriber_id) end))
      from approval_requests a where a.tenant_id = ${tenantId} and a.state = 'asked'), '[]'))
    from (select array_agg(rs.site_id) as ids from role_sites rs where rs.tenant_id = ${tenantId}
      and rs.role_id in (${roles})) own where own.ids is not null)`;
}

/** What the frame shows of some sites. That a run waits is no secret. */
export function countAtSites(
  whole: ShellCounts,
  atSites: SiteCounts | null,
  siteIds: readonly string[],
): ShellCounts {
  const wanted = new Set(siteIds);
  const count = (ids: readonly string[] = []) => ids.filter((id) => wanted.has(id)).length;
  const requests = atSites?.requests.filter((request) => count(request.siteIds) > 0) ?? [];
  return {
    agents_total: count(atSites?.agents),
    agents_online: count(atSites?.online),
    runs_awaiting_approval: whole.runs_awaiting_approval,
    imports_in_review: count(atSites?.imports),
    requests_open: requests.map(({ kind, askedById }) => ({ kind, askedById, count: 1 })),
  };
}
