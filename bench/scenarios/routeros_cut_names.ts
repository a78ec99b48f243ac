import { mikrotikWith } from "@/agent/routers/mikrotik_port.ts";
import { withLoop } from "@/agent/routers/reconcile/loop_test_support.ts";
import { generateSecrets, type RouterOsSim, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import type { Scenario } from "../row.ts";

const SECRETS = 10_000;
const CUT = 1_000;
const ONE_IN = 20;
const GOAL = 1;
const SERIAL = "HE108SIM0001";

interface Cut {
  wholePrints: number;
  seconds: number;
}

/** A cut where one name in twenty is outside ASCII, which a query cannot be trusted with, against one of plain names. */
export const routerOsCutNames: Scenario = {
  name: "routeros_cut_names",
  what: `a cut of ${CUT} among ${SECRETS}, one name in ${ONE_IN} with ñ; floor: plain names`,
  async run() {
    const plain = await cut((index) => `user${index}`);
    const ours = await cut((index) => index % ONE_IN === 0 ? `peña${index}` : `user${index}`);
    return [{
      row: `routeros_cut_names_${CUT}`,
      unit: "prints",
      ours: ours.wholePrints,
      floor: plain.wholePrints,
      peer: null,
      ratio: ours.wholePrints / plain.wholePrints,
      goal: `at most ${GOAL} print of all secrets more than with plain names`,
      met: ours.wholePrints <= plain.wholePrints + GOAL,
      note:
        `prints of all ${SECRETS} secrets from the first look to the report that everything is applied; ` +
        `${ours.seconds.toFixed(1)} s, plain names ${plain.seconds.toFixed(1)} s`,
    }];
  },
};

async function cut(nameOf: (index: number) => string): Promise<Cut> {
  const secrets = generateSecrets(SECRETS, 11).map((secret, index) => ({
    ...secret,
    name: nameOf(index),
    disabled: false,
    dialing: false,
  }));
  const sim = startRouterOsSim({ secrets, serialNumber: SERIAL });
  try {
    // Every tenth, so that names of both kinds are cut.
    const wanted = Object.fromEntries(secrets.map(({ name }, i) => [name, i % (SECRETS / CUT) === 0]));
    return await cutWanted(sim, wanted);
  } finally {
    await sim.close();
  }
}

async function cutWanted(sim: RouterOsSim, wanted: Record<string, boolean>): Promise<Cut> {
  const startedAt = performance.now();
  await withLoop({
    wanted,
    serialNumber: SERIAL,
    connect: mikrotikWith({ recheckMs: 50 }),
    address: { host: sim.host, port: sim.port, username: "admin" },
    password: "admin",
    requestPermit: ({ names }) => Promise.resolve({ names: new Set(names), isValid: () => true }),
  }, async ({ reports }) => {
    const isDone = () => reports.some((report) => report.complete && report.applied_generation === 1n);
    await until(isDone, { timeoutMs: 120_000, what: "the cut is applied" });
  });
  const off = sim.world.secrets.rows().filter((row) => row["disabled"] === "true").length;
  if (off !== CUT) throw new Error(`Cannot measure: ${off} are off in place of ${CUT}`);
  return { wholePrints: wholePrints(sim), seconds: (performance.now() - startedAt) / 1_000 };
}

function wholePrints(sim: RouterOsSim): number {
  return sim.log.filter(({ words }) =>
    words[0] === "/ppp/secret/print" && !words.some((word) => word.startsWith("?"))
  ).length;
}
