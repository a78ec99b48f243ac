import { sql } from "kysely";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import type { TenantTransaction } from "./tenant_transaction.ts";

/** Why something waits for a person. */
export type NeedKind =
  | "agent_offline"
  | "router_away"
  | "run_awaiting_approval"
  | "run_failed_rows"
  | "router_drift"
  | "router_held"
  | "import_review";

/** Something that waits for a person, with what it is about. */
export interface NeedsYou {
  kind: NeedKind;
  /** Id of the agent, router, run or import batch. */
  subjectId: string;
  /** Name of the site or router; the business date of a run. */
  subject: string;
  /** What to add to it, such as the router's own message or the brake's reason. */
  detail: string | null;
  count: number;
  since: Temporal.Instant | null;
}

/** Everything that waits for a person: trouble first, then decisions, then leftovers. */
export async function listNeeds(
  trx: TenantTransaction,
  moment: { today: Temporal.PlainDate; now: Temporal.Instant },
): Promise<NeedsYou[]> {
  const freshAfter = moment.now.subtract({ milliseconds: OFFLINE_AFTER_MS });
  const recent = moment.today.subtract({ days: 2 });
  const tenant = trx.tenantId;
  const { rows } = await sql<NeedsYou & { rank: number; subjectId: string }>`
    select * from (
      select 1 as rank, 'agent_offline' as kind, a.id as "subjectId", s.name as subject, null as detail, 1 as count,
        coalesce(p.disconnected_at, p.heartbeat_at, a.enrolled_at) as since
      from agents a join sites s on s.tenant_id = a.tenant_id and s.id = a.site_id
      left join agent_presence p on p.tenant_id = a.tenant_id and p.agent_id = a.id
      where a.tenant_id = ${tenant} and a.revoked_at is null
        and (p.agent_id is null or p.disconnected_at is not null or p.heartbeat_at <= ${freshAfter})
      union all
      select 2, 'router_away', r.id, r.name, coalesce(r.status_message, r.status), 1, r.status_at
      from routers r where r.tenant_id = ${tenant} and r.archived_at is null and r.status <> 'online'
      union all
      select 3, 'run_awaiting_approval', r.id, r.business_on::text, r.brake_reason,
        (select count(*)::int from run_rows w where w.tenant_id = r.tenant_id and w.run_id = r.id
          and w.outcome = 'listed'), r.created_at
      from runs r where r.tenant_id = ${tenant} and r.status = 'awaiting_approval'
      union all
      select 4, 'run_failed_rows', r.id, r.business_on::text, r.kind, r.failed, r.finished_at
      from runs r where r.tenant_id = ${tenant} and r.failed > 0 and r.business_on >= ${recent}
      union all
      select 5, 'router_held', r.id, r.name, null, st.held_count, st.observed_at
      from router_states st join routers r on r.tenant_id = st.tenant_id and r.id = st.router_id
      where st.tenant_id = ${tenant} and st.held_count > 0 and r.archived_at is null
      union all
      select 6, 'router_drift', r.id, r.name, null, st.drift_count, st.observed_at
      from router_states st join routers r on r.tenant_id = st.tenant_id and r.id = st.router_id
      where st.tenant_id = ${tenant} and st.drift_count > 0 and r.archived_at is null
      union all
      select 7, 'import_review', b.id, r.name, null, b.total, b.created_at
      from import_batches b join routers r on r.tenant_id = b.tenant_id and r.id = b.router_id
      where b.tenant_id = ${tenant} and b.status = 'review'
    ) needs order by rank, since nulls last, "subjectId"`.execute(trx);
  return rows.map(({ kind, subjectId, subject, detail, count, since }) => ({
    kind,
    subjectId,
    subject,
    detail,
    count,
    since,
  }));
}
