import { type RawBuilder, sql } from "kysely";
import { listRuns, type RunRow } from "../billing/runs.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * How far a decided cut has come: `off` was read back from the router, `waiting` was decided only, `restored` has been
 * taken away since, `stuck` is not made for a reason that the router or the agent gave, `unmanaged` is nobody's any more.
 */
export const CUT_STAGES = ["off", "waiting", "restored", "stuck", "unmanaged"] as const;
export type CutStage = (typeof CUT_STAGES)[number];

/** Cuts that a run has decided, by how far they have come. */
export type CutCounts = Record<CutStage, number>;

/** Adds up what was counted by stage. */
export function sumStages(rows: readonly { stage: CutStage; count: number }[]): CutCounts {
  const counts: CutCounts = { off: 0, waiting: 0, restored: 0, stuck: 0, unmanaged: 0 };
  for (const { stage, count } of rows) counts[stage] += count;
  return counts;
}

/** Stage of a reason `k`, from desired state `d`, its router's `st` and what was observed `o`; every page counts by it. */
export const CUT_STAGE: RawBuilder<CutStage> = sql`case when k.removed_at is not null then 'restored'
  when d.is_disabled is null then 'unmanaged'
  when o.drift in ('missing', 'failed', 'enabled_by_hand', 'held') then 'stuck'
  when d.generation <= st.applied_generation and o.is_present and o.is_disabled then 'off'
  else 'waiting' end`;

/** What {@linkcode CUT_STAGE} reads of a reason `k` and its connection `c`. */
export const CUT_STAGE_SOURCES: RawBuilder<unknown> = sql`
  left join desired_secrets d on d.tenant_id = c.tenant_id and d.router_id = c.router_id
    and d.ppp_name = c.ppp_name
      and d.ppp_service = c.ppp_service and d.removed_at is null
  left join router_states st on st.tenant_id = c.tenant_id and st.router_id = c.router_id
  left join observed_secrets o on o.tenant_id = c.tenant_id and o.router_id = c.router_id and o.ppp_name = c.ppp_name
      and o.ppp_service = c.ppp_service`;

/** How far the cuts of each of these runs have come; a run that has cut nobody is not in it. */
export async function countCutStages(
  trx: TenantTransaction,
  runIds: readonly string[],
): Promise<Map<string, CutCounts>> {
  if (runIds.length === 0) return new Map();
  // From the rows of the runs: the reasons of a connection are found by index, those of a run are not.
  const { rows } = await sql<{ run_id: string; stage: CutStage; count: number }>`
    select w.run_id, ${CUT_STAGE} as stage, count(*)::int as count from run_rows w
    join block_reasons k on k.tenant_id = w.tenant_id and k.subscription_id = w.subscription_id
      and k.run_id = w.run_id and k.reason = 'nonpayment'
    join subscriptions c on c.tenant_id = k.tenant_id and c.id = k.subscription_id
    ${CUT_STAGE_SOURCES}
    where w.tenant_id = ${trx.tenantId} and w.run_id = any(${[...runIds]}::uuid[]) and w.outcome = 'cut'
    group by 1, 2`.execute(trx);
  const byRun = Map.groupBy(rows, ({ run_id }) => run_id);
  return new Map([...byRun].map(([runId, counted]) => [runId, sumStages(counted)]));
}

/** The newest finished cut run with what its cuts have become; null when it has cut nobody, or none has finished. */
export async function findLastCuts(trx: TenantTransaction): Promise<{ run: RunRow; cuts: CutCounts } | null> {
  const [run] = await listRuns(trx, { kind: "cut", status: "done" }, 1);
  if (run === undefined) return null;
  const cuts = (await countCutStages(trx, [run.id])).get(run.id);
  return cuts === undefined ? null : { run, cuts };
}
