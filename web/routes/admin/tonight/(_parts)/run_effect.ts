import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import { type CutFace, listCutFaces } from "@/web/store/cuts/cut_faces.ts";
import { countCutStages, type CutCounts } from "@/web/store/cuts/cut_stages.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import { listRunRows } from "@/web/store/billing/runs_page.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";

/** What a run would do if it ran now. */
export interface RunEffect {
  run: RunRow;
  /** On its list when it was made. */
  listed: number;
  /** Of those, who would be cut if it ran this moment. */
  cut: number;
  owed: Centavos;
  routers: number;
  /** Routers among them that do not answer now: their part waits. */
  routersAway: number;
  /** What its cuts have become on the routers; null when it has cut nobody. */
  cuts: CutCounts | null;
}

const ROWS_MAX = 100_000;

/** Reads a run's list again, as its execution will. */
export async function readRunEffect(
  trx: TenantTransaction,
  { tenant, today, now }: PageMoment,
  run: RunRow,
): Promise<RunEffect> {
  const listed = await listRunRows(trx, run.id, { outcome: "listed" }, { limit: ROWS_MAX });
  const ids = listed.rows.map((row) => row.subscription_id);
  const candidates = ids.length === 0
    ? []
    : await listCutCandidates(trx, tenant, today, { subscriptionIds: ids, now });
  const cut = candidates.filter((row) => row.decision === "cut" && !row.is_cut);
  const faces = [...(await listCutFaces(trx, cut.map((row) => row.subscription_id), now)).values()];
  const routerOf = (face: CutFace) => `${face.site_id}/${face.router_name}`;
  return {
    run,
    listed: ids.length,
    cut: cut.length,
    owed: cut.length === 0 ? centavos(0) : sum(cut.map((row) => row.pastGraceCentavos)),
    routers: new Set(faces.map(routerOf)).size,
    cuts: (await countCutStages(trx, [run.id])).get(run.id) ?? null,
    routersAway: new Set(faces.filter((face) => face.router_status !== "online").map(routerOf)).size,
  };
}
