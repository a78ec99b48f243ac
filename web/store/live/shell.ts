import { type RawBuilder, sql } from "kysely";

/** Figures of the frame around every admin page. */
export interface ShellCounts {
  agents_online: number;
  agents_total: number;
  runs_awaiting_approval: number;
  imports_in_review: number;
  /** Requests for an approval that wait, by kind and by who asked. */
  requests_open: { kind: string; askedById: string | null; count: number }[];
}

/**
 * The figures, as one JSON value of a statement that asks for something else as well.
 *
 * @param freshAfter an agent whose last heartbeat is older counts as offline
 */
export function shellCounts(tenantId: string, freshAfter: Temporal.Instant): RawBuilder<ShellCounts> {
  return sql<ShellCounts>`json_build_object(
    'agents_total', (select count(*) from agents a where a.tenant_id = ${tenantId} and a.revoked_at is null),
    'agents_online', (select count(*) from agents a
      join agent_presence p on p.tenant_id = a.tenant_id and p.agent_id = a.id
      where a.tenant_id = ${tenantId} and a.revoked_at is null and p.disconnected_at is null
        and p.heartbeat_at > ${freshAfter}),
    'runs_awaiting_approval', (select count(*) from runs r where r.tenant_id = ${tenantId}
      and r.status = 'awaiting_approval'),
    'imports_in_review', (select count(*) from import_batches b where b.tenant_id = ${tenantId}
      and b.status = 'review'),
    'requests_open', coalesce((select json_agg(json_build_object('kind', o.kind, 'askedById', o.asked_by_id,
        'count', o.count)) from (select a.kind, a.asked_by_id, count(*) from approval_requests a
        where a.tenant_id = ${tenantId} and a.state = 'asked' group by a.kind, a.asked_by_id) o), '[]'))`;
}
