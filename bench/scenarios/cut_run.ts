import { sql } from "kysely";
import { createIsp, type Isp, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { planCutRun } from "@/web/services/cuts/plan_cut_run.ts";
import { type BenchRow, median, type Scenario } from "../row.ts";
import { payRun } from "../pay_run.ts";
import { type BenchDatabase, midnight, startBenchDatabase, timeBillRun, VARIED } from "./bill_run.ts";

const SUBSCRIBERS = 20_000;
const ROUNDS = 3;
const WARM_UP = Temporal.PlainDate.from("2026-02-01");
const GOAL = 3;

interface Round {
  cut: number;
  planMs: number;
  oursMs: number;
  floorMs: number;
}

/** A cut of the twentieth that has not paid, against a bare UPDATE of the rows that it wrote. */
export const cutRun: Scenario = {
  name: "cut_run",
  what:
    "cut of 5 % of 20,000 connections; floor: a bare UPDATE of the rows that it wrote, each secret to its next generation",
  async run() {
    await using database = await startBenchDatabase();
    const isp = await createIsp(database, { subscribers: SUBSCRIBERS, start: "2026-01-01T00:00:00+08:00" });
    await database.query(VARIED, [isp.tenantId]);
    const rounds: Round[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const on = WARM_UP.add({ months: round });
      const { runId } = await timeBillRun(isp, on, SUBSCRIBERS);
      await payRun(database, { tenantId: isp.tenantId, runId, on: on.add({ days: 3 }) });
      const measured = await measure(database, isp, on);
      // The first one fills the tables.
      if (round > 0) rounds.push(measured);
      await database.query(RESTORED, [isp.tenantId]);
    }
    return [toRow(rounds)];
  },
};

async function measure(database: BenchDatabase, isp: Isp, billedOn: Temporal.PlainDate): Promise<Round> {
  isp.clock.set(midnight(billedOn.with({ day: 14 })).add({ hours: 9 }));
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  // As autovacuum does within a minute of a bill run; a year's tables are never without statistics.
  await database.query("analyze");
  await database.query("checkpoint");
  const startedAt = performance.now();
  const { runId } = assertOk(await planCutRun(...call, { businessOn: todayOf(isp), trigger: "scheduled" }));
  const plannedAt = performance.now();
  const { cut } = assertOk(await executeCutRun(...call, { runId }));
  const endedAt = performance.now();
  if (cut === 0) throw new Error("Cannot measure: nobody was cut");
  await database.query("checkpoint");
  const cutRows = await isp.run((trx) =>
    trx.selectFrom("run_rows").select("subscription_id").where("tenant_id", "=", isp.tenantId)
      .where("run_id", "=", runId).where("outcome", "=", "cut").execute()
  );
  const ids = sql`any(${`{${cutRows.map((row) => row.subscription_id).join(",")}}`}::uuid[])`;
  const own = isp.tenantId;
  const floorAt = performance.now();
  await isp.run(async (trx) => {
    await sql`update run_rows set reason = reason where tenant_id = ${own} and run_id = ${runId}
      and subscription_id = ${ids}`.execute(trx);
    await sql`update block_reasons set note = note where tenant_id = ${own} and removed_at is null
      and subscription_id = ${ids}`.execute(trx);
    // An agent finds what is new by its generation: an UPDATE that leaves it cuts nobody.
    await sql`update desired_secrets set is_disabled = true, generation = generation + 1 where tenant_id = ${own}
      and removed_at is null and subscription_id = ${ids}`.execute(trx);
  });
  const floorMs = performance.now() - floorAt;
  return { cut, planMs: plannedAt - startedAt, oursMs: endedAt - plannedAt, floorMs };
}

/** Whoever was cut pays, so that each round cuts as many. */
const RESTORED = `
  with paid as (update block_reasons set removed_at = now(), removed_on = added_on where tenant_id = $1 and removed_at is null
    returning subscription_id),
  opened as (update bills set status = 'void', voided_at = now(), void_reason = 'Bench' where tenant_id = $1
    and paid_centavos < total_centavos)
  update desired_secrets set is_disabled = false where tenant_id = $1
    and subscription_id in (select subscription_id from paid)`;

function toRow(rounds: readonly Round[]): BenchRow {
  const ratio = median(rounds.map(({ oursMs, floorMs }) => oursMs / floorMs));
  return {
    row: `cut_run_${rounds[0]?.cut}_of_${SUBSCRIBERS}`,
    unit: "ms",
    ours: median(rounds.map(({ oursMs }) => oursMs)),
    floor: median(rounds.map(({ floorMs }) => floorMs)),
    peer: null,
    ratio,
    goal: `at most ${GOAL} x a bare UPDATE of the same rows`,
    met: ratio <= GOAL,
    note: `rounds of ours/floor in ms: ${
      rounds.map(({ oursMs, floorMs }) => `${oursMs.toFixed(0)}/${floorMs.toFixed(0)}`).join(" ")
    }; its list takes ${median(rounds.map(({ planMs }) => planMs)).toFixed(0)} ms`,
  };
}
