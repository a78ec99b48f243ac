import { createIsp } from "@/tests/billing/isp.ts";
import { median, type Scenario } from "../row.ts";
import { type BenchDatabase, startBenchDatabase, VARIED } from "./bill_run.ts";

/** The smaller one is two batches: as many as are under way at once. */
const [FEW, MANY] = [4_000, 40_000];
const ROUNDS = 3;
const GOAL = 1.25;
const FIRST = Temporal.PlainDate.from("2026-02-01");

/** Memory of a bill run, against one of a tenth as many bills: it does not grow with them. */
export const billMemory: Scenario = {
  name: "bill_memory",
  what: `memory of a bill run of ${MANY} connections; floor: of ${FEW}`,
  async run() {
    await using database = await startBenchDatabase();
    const few = await tenantOf(database, FEW);
    const many = await tenantOf(database, MANY);
    const rounds: { ours: number; floor: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const on = FIRST.add({ months: round });
      rounds.push({
        floor: await peakMb(database, few, on, FEW),
        ours: await peakMb(database, many, on, MANY),
      });
    }
    const ratio = median(rounds.map(({ ours, floor }) => ours / floor));
    return [{
      row: `bill_memory_${MANY}`,
      unit: "MB",
      ours: median(rounds.map(({ ours }) => ours)),
      floor: median(rounds.map(({ floor }) => floor)),
      peer: null,
      ratio,
      goal: `at most ${GOAL} x that of a tenth as many bills`,
      met: ratio <= GOAL,
      note:
        `highest resident memory of a process that issues ${MANY} bills; floor: ${FEW} bills; rounds in MB: ${
          rounds.map(({ ours, floor }) => `${ours.toFixed(0)}/${floor.toFixed(0)}`).join(" ")
        }`,
    }];
  },
};

async function tenantOf(database: BenchDatabase, subscribers: number): Promise<string> {
  const { tenantId } = await createIsp(database, { subscribers, start: "2026-01-01T00:00:00+08:00" });
  await database.query(VARIED, [tenantId]);
  return tenantId;
}

async function peakMb(
  database: BenchDatabase,
  tenantId: string,
  on: Temporal.PlainDate,
  bills: number,
): Promise<number> {
  const child = new URL("../bill_child.ts", import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      child,
      database.appUrl,
      tenantId,
      on.toString(),
      String(bills),
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot measure the memory of a bill run: it failed");
  return JSON.parse(new TextDecoder().decode(stdout)).peakMb;
}
