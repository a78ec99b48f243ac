import { RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { generateSecrets, type RouterOsSim, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { median, type Scenario } from "../row.ts";

const WRITES = 1_000;
const ROUNDS = 3;
const WINDOW = 64;
/** What a small board needs for a command. */
const COMMAND_MS = 2;
const GOAL = 8;

/** Writes that do not wait for each other, told apart by their tags, against the same one by one. */
export const routerOsWrites: Scenario = {
  name: "routeros_tagged_writes",
  what: `${WRITES} writes with ${WINDOW} on the wire at once; peer: one by one`,
  async run() {
    const sim = startRouterOsSim({
      secrets: generateSecrets(WRITES, 3).map((one) => ({ ...one, dialing: false })),
    });
    sim.setLatency(COMMAND_MS);
    try {
      const ours: number[] = [];
      const oneByOne: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await writeAll(sim, WINDOW, round % 2 === 0));
        oneByOne.push(await writeAll(sim, 1, round % 2 !== 0));
      }
      return [toRow(median(ours), median(oneByOne))];
    } finally {
      await sim.close();
    }
  },
};

/** Milliseconds for one set of each secret, which each of them is told to have reached. */
async function writeAll(sim: RouterOsSim, window: number, disabled: boolean): Promise<number> {
  const session = await RouterOsSession.connect({
    host: sim.host,
    port: sim.port,
    user: "admin",
    password: "admin",
    window,
    writeRate: { perSecond: 1_000_000, burst: WRITES },
  });
  const before = sim.counters.writes;
  try {
    const ids = sim.world.secrets.rows().map((row) => row[".id"] ?? "");
    const startedAt = performance.now();
    await Promise.all(ids.map((numbers) => session.call("/ppp/secret/set", { numbers, disabled })));
    const ms = performance.now() - startedAt;
    if (sim.counters.writes - before !== WRITES) {
      throw new Error("Cannot measure: the router counts other writes");
    }
    return ms;
  } finally {
    await session.close();
  }
}

function toRow(ours: number, oneByOne: number) {
  return {
    row: `routeros_tagged_writes_${WRITES}`,
    unit: "ms" as const,
    ours,
    floor: null,
    peer: oneByOne,
    ratio: oneByOne / ours,
    goal: `at least ${GOAL} x faster than one by one`,
    met: oneByOne >= GOAL * ours,
    note:
      `a router that takes ${COMMAND_MS} ms for a command; ratio: one by one to ours; without a limit on the rate of writes`,
  };
}
