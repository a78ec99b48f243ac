import { createIsp, type Isp, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { previewBills } from "@/web/services/billing/preview_bills.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { planCutRun } from "@/web/services/cuts/plan_cut_run.ts";
import { previewCut } from "@/web/store/cuts/tonight.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { type BenchRow, median, type Scenario } from "../row.ts";
import { type BenchDatabase, midnight, startBenchDatabase, timeBillRun, VARIED } from "./bill_run.ts";

const SUBSCRIBERS = 20_000;
const ROUNDS = 3;
const WARM_UP = Temporal.PlainDate.from("2026-02-01");
/** Of a hundred, so many do not pay. */
const LATE_PERCENT = 5;
const GOAL = 2;

/** What a preview takes, and what the run takes that it shows. */
interface Pair {
  previewMs: number;
  runMs: number;
}

/** The previews of a bill run and of a cut run, against the runs themselves. */
export const previews: Scenario = {
  name: "previews",
  what: "preview of a bill run and of a cut run of 20,000 connections; floor: the run itself",
  async run() {
    await using database = await startBenchDatabase();
    const isp = await createIsp(database, { subscribers: SUBSCRIBERS, start: "2026-01-01T00:00:00+08:00" });
    await database.query(VARIED, [isp.tenantId]);
    await timeBillRun(isp, WARM_UP, SUBSCRIBERS);
    const bills: Pair[] = [];
    const cuts: Pair[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const businessOn = WARM_UP.add({ months: round });
      await payMost(database, isp, businessOn);
      await database.query("checkpoint");
      bills.push(await measureBills(isp, businessOn));
      await payMost(database, isp, businessOn);
      await database.query("checkpoint");
      cuts.push(await measureCuts(isp, businessOn));
    }
    return [toRow(`bill_preview_${SUBSCRIBERS}`, bills), toRow(`cut_preview_${SUBSCRIBERS}`, cuts)];
  },
};

async function measureBills(isp: Isp, businessOn: Temporal.PlainDate): Promise<Pair> {
  isp.clock.set(midnight(businessOn));
  const previewMs = await time(async () => {
    const preview = await isp.run(async (trx) =>
      await previewBills(trx, await getTenant(trx), { businessOn, today: businessOn, at: isp.clock.now() })
    );
    if (preview.bills !== SUBSCRIBERS) throw new Error(`Cannot measure: ${preview.bills} bills are foreseen`);
  });
  const { ms: runMs } = await timeBillRun(isp, businessOn, SUBSCRIBERS);
  return { previewMs, runMs };
}

/** On the day after grace, of whoever has not paid. */
async function measureCuts(isp: Isp, billedOn: Temporal.PlainDate): Promise<Pair> {
  isp.clock.set(midnight(billedOn.with({ day: 14 })).add({ hours: 9 }));
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const day = todayOf(isp);
  let shown = 0;
  const previewMs = await time(async () => {
    const preview = await isp.run(async (trx) =>
      await previewCut(trx, await getTenant(trx), day, isp.clock.now())
    );
    shown = preview.counts.cut;
  });
  let cut = 0;
  const runMs = await time(async () => {
    const { runId } = assertOk(await planCutRun(...call, { businessOn: day, trigger: "scheduled" }));
    cut = assertOk(await executeCutRun(...call, { runId })).cut;
  });
  if (cut === 0 || cut !== shown) throw new Error(`Cannot measure: ${shown} were shown, ${cut} were cut`);
  return { previewMs, runMs };
}

/** All but a few have paid, other ones each round: whoever was cut before is no work for the next run. */
async function payMost(database: BenchDatabase, isp: Isp, on: Temporal.PlainDate): Promise<void> {
  await database.query(
    `update bills set paid_centavos = total_centavos where tenant_id = $1
      and abs(hashtext(subscription_id::text)) % 100 not between $2::int and $2::int + ${LATE_PERCENT - 1}`,
    [isp.tenantId, on.month * LATE_PERCENT],
  );
}

async function time(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function toRow(row: string, pairs: readonly Pair[]): BenchRow {
  const ratio = median(pairs.map(({ previewMs, runMs }) => previewMs / runMs));
  return {
    row,
    unit: "s",
    ours: median(pairs.map(({ previewMs }) => previewMs)) / 1000,
    floor: median(pairs.map(({ runMs }) => runMs)) / 1000,
    peer: null,
    ratio,
    goal: `at most ${GOAL} x the run`,
    met: ratio <= GOAL,
    note: `floor: the run; rounds of preview/run in ms: ${
      pairs.map(({ previewMs, runMs }) => `${previewMs.toFixed(0)}/${runMs.toFixed(0)}`).join(" ")
    }`,
  };
}
