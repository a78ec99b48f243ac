import { startRouterOsSim } from "@/sim/routeros/mod.ts";
import type { Scenario } from "../row.ts";

const FIRST = 1_000;
const ALL = 10_000;
/** As the agent runs, and with a way to ask for a collection. */
const FLAGS = "--v8-flags=--max-semi-space-size=1,--optimize-for-size,--expose-gc";
/** What the engine itself moves between two looks. */
const HEAP_GOAL = 1.03;

interface Look {
  heapMb: number;
  residentMb: number;
  resources: number;
}

/** What stays of connections that are over: nothing, in memory or in open files. */
export const routerOsReconnects: Scenario = {
  name: "routeros_reconnects",
  what: `memory after ${ALL} connections to a router; floor: after ${FIRST}`,
  async run() {
    const sim = startRouterOsSim();
    try {
      const { early, late } = await measure(sim.port);
      const ratio = late.heapMb / early.heapMb;
      const isSmall = late.residentMb <= early.residentMb * 1.15;
      return [{
        row: `routeros_reconnects_${ALL}`,
        unit: "MB",
        ours: late.heapMb,
        floor: early.heapMb,
        peer: null,
        ratio,
        goal: `no growth (at most ${HEAP_GOAL} x in use, no more open files)`,
        met: ratio <= HEAP_GOAL && isSmall && late.resources <= early.resources && sim.connectionCount === 0,
        note: `in use after a full collection; resident ${early.residentMb.toFixed(0)} and then ${
          late.residentMb.toFixed(0)
        } MB (at most 1.15 x), open files ${early.resources} and ${late.resources}; the router has ${sim.connectionCount} connections left`,
      }];
    } finally {
      await sim.close();
    }
  },
};

async function measure(port: number): Promise<{ early: Look; late: Look }> {
  const child = new URL("../reconnect_child.ts", import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      FLAGS,
      child,
      `${port}`,
      `${FIRST}`,
      `${ALL}`,
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot measure the memory of connections: the process failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}
