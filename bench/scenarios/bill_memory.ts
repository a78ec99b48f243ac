import { createIsp } from "@/tests/billing/isp.ts";
import { median, type Scenario } from "../row.ts";
import { type BenchDatabase, startBenchDatabase, VARIED } from "./bill_run.ts";

const BILLS = 60_000;
const ROUNDS = 3;
const GOAL = 1.15;
const FIRST = Temporal.PlainDate.from("2026-02-01");

/** What a process held at most while it issued the first and the second half of the bills. */
interface Halves {
  firstHalfMb: number;
  secondHalfMb: number;
}

/** Memory of a bill run does not grow with the bills that are issued already. */
export const billMemory: Scenario = {
  name: "bill_memory",
  what: `memory of the second half of a bill run of ${BILLS} connections; floor: of its first half`,
  async run() {
    await using database = await startBenchDatabase();
    const { tenantId } = await createIsp(database, {
      subscribers: BILLS,
      start: "2026-01-01T00:00:00+08:00",
    });
    await database.query(VARIED, [tenantId]);
    const rounds: Halves[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await measure(database, tenantId, FIRST.add({ months: round })));
    }
    const ratio = median(rounds.map(({ firstHalfMb, secondHalfMb }) => secondHalfMb / firstHalfMb));
    return [{
      row: `bill_memory_${BILLS}`,
      unit: "MB",
      ours: median(rounds.map(({ secondHalfMb }) => secondHalfMb)),
      floor: median(rounds.map(({ firstHalfMb }) => firstHalfMb)),
      peer: null,
      ratio,
      goal: `at most ${GOAL} x its first half`,
      met: ratio <= GOAL,
      note:
        `highest resident memory of a process that issues ${BILLS} bills and does nothing else; rounds in MB: ${
          rounds.map(({ firstHalfMb, secondHalfMb }) =>
            `${secondHalfMb.toFixed(0)}/${firstHalfMb.toFixed(0)}`
          )
            .join(" ")
        }`,
    }];
  },
};

async function measure(
  database: BenchDatabase,
  tenantId: string,
  on: Temporal.PlainDate,
): Promise<Halves> {
  const child = new URL("../bill_child.ts", import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", child, database.appUrl, tenantId, `${on}`, `${BILLS}`],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot measure the memory of a bill run: it failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}
