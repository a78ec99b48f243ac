import assert from "node:assert/strict";
import { RouterOSAPI } from "node-routeros";
import { RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { encodeSentence, type Row } from "@/shared/routeros/mod.ts";
import { RawParser } from "../raw_parser.ts";
import { median, type Scenario } from "../row.ts";

const ROWS = 5_000;
const ROUNDS = 40;
const PEER_ROUNDS = 8;
/** The first rounds of each compile it. */
const WARM_UP = 10;
const FLOOR_GOAL = 1.3;
const PEER_GOAL = 5;

/** One print of all secrets with all fields, from the command to the rows as objects. */
export const routerOsRows: Scenario = {
  name: "routeros_rows",
  what: `a print of ${ROWS} rows; floor: a parser that believes everything; peer: node-routeros`,
  async run() {
    const worker = new Worker(new URL("../row_server.ts", import.meta.url), { type: "module" });
    try {
      const port = await new Promise<number>((resolve) => worker.onmessage = ({ data }) => resolve(data));
      const ours: number[] = [];
      const floor: number[] = [];
      const peer: number[] = [];
      // In turns, so that a busy machine is as busy for each.
      for (let round = 0; round < ROUNDS; round++) {
        ours.push((await printOurs(port)).ms);
        floor.push((await printRaw(port)).ms);
        if (round % (ROUNDS / PEER_ROUNDS) === 0) peer.push((await printPeer(port)).ms);
      }
      assert.deepEqual((await printOurs(port)).rows, (await printRaw(port)).rows);
      return [toRow(median(ours.slice(WARM_UP)), median(floor.slice(WARM_UP)), median(peer.slice(2)))];
    } finally {
      worker.terminate();
    }
  },
};

function toRow(ours: number, floor: number, peer: number) {
  return {
    row: `routeros_rows_${ROWS}`,
    unit: "ms" as const,
    ours,
    floor,
    peer,
    ratio: ours / floor,
    goal: `at most ${FLOOR_GOAL} x floor, ${PEER_GOAL} x faster than the peer`,
    met: ours <= FLOOR_GOAL * floor && peer >= PEER_GOAL * ours,
    note:
      `1.3 MB over TCP from a thread of its own; floor: the same rows read without limits, tags, refusals or ` +
      `a login; node-routeros is ${(peer / ours).toFixed(1)} x slower`,
  };
}

interface Print {
  ms: number;
  rows: readonly Row[];
}

async function timed(print: () => Promise<readonly Row[]>): Promise<Print> {
  const startedAt = performance.now();
  const rows = await print();
  const ms = performance.now() - startedAt;
  assert.equal(rows.length, ROWS);
  return { ms, rows };
}

async function printOurs(port: number): Promise<Print> {
  const session = await RouterOsSession.connect({
    host: "127.0.0.1",
    port,
    user: "bench",
    password: "bench",
  });
  try {
    return await timed(async () => (await session.call("/ppp/secret/print")).rows);
  } finally {
    await session.close();
  }
}

async function printRaw(port: number): Promise<Print> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  const buffer = new Uint8Array(65_536);
  const parser = new RawParser();
  return await timed(async () => {
    await conn.write(encodeSentence(["/ppp/secret/print", ".tag=1"]));
    for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
      if (parser.push(buffer.subarray(0, count))) break;
    }
    return parser.rows;
  });
}

async function printPeer(port: number): Promise<Print> {
  const api = new RouterOSAPI({ host: "127.0.0.1", port, user: "bench", password: "bench", timeout: 60 });
  await api.connect();
  try {
    return await timed(() => api.write("/ppp/secret/print"));
  } finally {
    await api.close();
  }
}
