import { RouterOSAPI } from "node-routeros";
import { RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { encodeSentence } from "@/shared/routeros/mod.ts";
import { type RouterOsSim, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { median, type Scenario } from "../row.ts";

const COMMANDS = 50;
const ROUNDS = 20;
const PEER_ROUNDS = 2;
const WARM_UP = 5;
/** 0.5 ms for each. */
const GOAL_MS = COMMANDS * 0.5;
const COMMAND = "/system/identity/print";

/** Commands that each wait for the answer to the one before: nothing may sit in a buffer until an acknowledgement. */
export const routerOsLatency: Scenario = {
  name: "routeros_sequential",
  what: `${COMMANDS} commands one after the other; floor: the same bytes; peer: node-routeros`,
  async run() {
    const sim = startRouterOsSim();
    try {
      const ours: number[] = [];
      const floor: number[] = [];
      const peer: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await askOurs(sim));
        floor.push(await askRaw(sim));
        if (round % (ROUNDS / PEER_ROUNDS) === 0) peer.push(await askPeer(sim));
      }
      return [toRow(median(ours.slice(WARM_UP)), median(floor.slice(WARM_UP)), median(peer))];
    } finally {
      await sim.close();
    }
  },
};

function toRow(ours: number, floor: number, peer: number) {
  return {
    row: `routeros_sequential_${COMMANDS}`,
    unit: "ms" as const,
    ours,
    floor,
    peer,
    ratio: ours / floor,
    goal: `under ${GOAL_MS} ms in all`,
    met: ours < GOAL_MS,
    note:
      `floor: the same sentences, written and read as bytes; node-routeros writes word by word and waits for the ` +
      `acknowledgement of each, ${(peer / ours).toFixed(0)} x slower`,
  };
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  for (let i = 0; i < COMMANDS; i++) await ask();
  return performance.now() - startedAt;
}

async function askOurs({ host, port }: RouterOsSim): Promise<number> {
  const session = await RouterOsSession.connect({ host, port, user: "admin", password: "admin" });
  try {
    return await timed(() => session.call(COMMAND));
  } finally {
    await session.close();
  }
}

async function askRaw({ host, port }: RouterOsSim): Promise<number> {
  using conn = await Deno.connect({ hostname: host, port });
  conn.setNoDelay(true);
  const buffer = new Uint8Array(4_096);
  await conn.write(encodeSentence(["/login", "=name=admin", "=password=admin"]));
  await conn.read(buffer);
  const sentence = encodeSentence([COMMAND, ".tag=1"]);
  return await timed(async () => {
    await conn.write(sentence);
    await conn.read(buffer);
  });
}

async function askPeer({ host, port }: RouterOsSim): Promise<number> {
  const api = new RouterOSAPI({ host, port, user: "admin", password: "admin", timeout: 10 });
  await api.connect();
  try {
    return await timed(() => api.write(COMMAND));
  } finally {
    await api.close();
  }
}
