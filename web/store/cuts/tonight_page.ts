import { sql } from "kysely";
import { listCutCandidates } from "./cut_candidates.ts";
import { CUT_STAGE, CUT_STAGE_SOURCES, type CutCounts, type CutStage, sumStages } from "./cut_stages.ts";
import type { TenantRow } from "../settings/tenants.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { type RouterReach, routerReach } from "./router_reach.ts";
import { listTonightRows, type TonightRow } from "./tonight.ts";

const DAYS_AHEAD = 7;

/** Connections whose grace ends within the 7 days after a run, if nothing changes; the soonest first. */
export async function listComingUp(
  trx: TenantTransaction,
  tenant: TenantRow,
  businessOn: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<TonightRow[]> {
  const last = businessOn.add({ days: DAYS_AHEAD });
  const later = await listCutCandidates(trx, tenant, last, { now, exceptCut: true });
  const rows = await listRowsOf(trx, tenant, businessOn, now, later.map((row) => row.subscription_id));
  return rows.filter((row) =>
    row.decision === "not_due" && row.holdUntil === null && row.cutOn !== null &&
    Temporal.PlainDate.compare(row.cutOn, last) <= 0
  ).sort((a, b) => Temporal.PlainDate.compare(a.cutOn ?? last, b.cutOn ?? last));
}

/** Every connection that is held on a date, also those whose grace has not ended; the first to end first. */
export async function listHeld(
  trx: TenantTransaction,
  tenant: TenantRow,
  businessOn: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<TonightRow[]> {
  const holds = await trx.selectFrom("holds").select("subscription_id").where("tenant_id", "=", trx.tenantId)
    .where("ended_at", "is", null).where("until_on", ">=", businessOn).execute();
  const rows = await listRowsOf(trx, tenant, businessOn, now, holds.map((hold) => hold.subscription_id));
  return rows.sort((a, b) =>
    Temporal.PlainDate.compare(a.holdUntil ?? businessOn, b.holdUntil ?? businessOn)
  );
}

/** Rows of these connections, whatever they owe; those who are cut already are left out. */
export async function listRowsOf(
  trx: TenantTransaction,
  tenant: TenantRow,
  businessOn: Temporal.PlainDate,
  now: Temporal.Instant,
  subscriptionIds: readonly string[],
): Promise<TonightRow[]> {
  if (subscriptionIds.length === 0) return [];
  return await listTonightRows(trx, tenant, businessOn, { subscriptionIds, now });
}

/** Who decided something about a row, and why. */
export interface RowNote {
  kind: "hold" | "exclusion";
  reason: string;
  by: string;
}

/** The live hold or exclusion of each row; the hold where there are both. */
export async function listRowNotes(
  trx: TenantTransaction,
  businessOn: Temporal.PlainDate,
): Promise<Map<string, RowNote>> {
  const { rows } = await sql<RowNote & { subscription_id: string }>`
    select subscription_id, 'exclusion' as kind, reason, created_by as by from cut_exclusions
    where tenant_id = ${trx.tenantId} and business_on = ${businessOn} and removed_at is null
    union all
    select subscription_id, 'hold', reason, created_by from holds
    where tenant_id = ${trx.tenantId} and ended_at is null and until_on >= ${businessOn}`.execute(trx);
  return new Map(rows.map(({ subscription_id, ...note }) => [subscription_id, note]));
}

/** What became of a cut on its router, as far as it was read back. */
export interface CutEvidence {
  subscriptionId: string;
  routerName: string;
  /** How far it has come; counted by {@linkcode countCutStages}. */
  stage: CutStage;
  /** Set when the reason has been taken away since, by a payment or a person. */
  restoredAt: Temporal.Instant | null;
  restoredBy: string | null;
  /** What is desired now; null when the secret is not managed. */
  isDesiredOff: boolean | null;
  /** The agent has stored, and the router has applied, the generation that carries it. */
  isStored: boolean;
  isApplied: boolean;
  /** What was seen on the router; null before the first report. */
  isSeenOff: boolean | null;
  drift: string | null;
  seenAt: Temporal.Instant | null;
  /** Whether the router makes cuts now. */
  reach: RouterReach;
}

/** Desired against observed for the rows that a run cut. */
export async function listCutEvidence(
  trx: TenantTransaction,
  runId: string,
  now: Temporal.Instant,
): Promise<Map<string, CutEvidence>> {
  const { rows } = await sql<CutEvidence>`
    select k.subscription_id as "subscriptionId", ${CUT_STAGE} as stage, r.name as "routerName",
      k.removed_at as "restoredAt", k.removed_by as "restoredBy", d.is_disabled as "isDesiredOff",
      coalesce(d.generation <= st.stored_generation, false) as "isStored",
      coalesce(d.generation <= st.applied_generation, false) as "isApplied",
      case when o.is_present then o.is_disabled end as "isSeenOff", o.drift, o.observed_at as "seenAt",
      ${routerReach(now)} as reach
    from block_reasons k
    join subscriptions c on c.tenant_id = k.tenant_id and c.id = k.subscription_id
    join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
    left join agents a on a.tenant_id = r.tenant_id and a.site_id = r.site_id and a.revoked_at is null
    left join agent_presence seen on seen.tenant_id = a.tenant_id and seen.agent_id = a.id
      and seen.disconnected_at is null
    ${CUT_STAGE_SOURCES}
    where k.tenant_id = ${trx.tenantId} and k.run_id = ${runId} and k.reason = 'nonpayment'`.execute(trx);
  return new Map(rows.map((row) => [row.subscriptionId, row]));
}

/** {@linkcode CutEvidence} of a run, counted as {@linkcode countCutStages} counts it. */
export function countStages(evidence: ReadonlyMap<string, CutEvidence>): CutCounts {
  return sumStages([...evidence.values()].map(({ stage }) => ({ stage, count: 1 })));
}
