import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { formatFrame, MAX_MESSAGE_BYTES, MAX_MESSAGE_ROWS } from "@/shared/protocol/mod.ts";
import { until } from "@/tests/support/until.ts";
import type { AgentLink } from "./agent_link.ts";
import type { Outgoing, StateRows } from "./agent_records.ts";
import type { LinkSurroundings } from "./options.ts";
import { SiteSync } from "./site_sync.ts";

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
const LINEAGE = "0198c0de-0000-4000-8000-000000000b01";

/** What an agent at generation 1 is sent when so many names were taken off since. */
async function sentAfter(removed: number): Promise<string[]> {
  const sent = await sentFor((from) =>
    from === null ? {} : { removed: Array.from({ length: removed }, (_, i) => i.toString(36)) }
  );
  return sent.map((message) => message.t);
}

/** What an agent at generation 1 is sent, by what the database says since a generation. */
async function sentFor(read: (from: bigint | null) => Partial<StateRows>): Promise<Outgoing[]> {
  const sent: Outgoing[] = [];
  const mark = { routerId: ROUTER, lineage: LINEAGE, generation: 2n, hash: "h2" };
  const link = {
    agent: { tenantId: "t", agentId: "a", siteId: "s" },
    epoch: 1n,
    isClosed: false,
    keepTrying: async (work: () => Promise<unknown>) => ({ value: await work() }),
    sendInTurn: (message: Outgoing) => Promise.resolve(sent.push(message) > 0),
  };
  const records = {
    viewSite: () =>
      Promise.resolve({
        epoch: 1n,
        revokedAtMs: null,
        isFrozen: false,
        settings: { version: "v", routers: [] },
        states: [mark],
        commands: [],
        withdrawnCommandIds: [],
      }),
    readState: (_agent: unknown, _router: string, from: bigint | null) =>
      Promise.resolve({ ...mark, secrets: [], removed: [], others: [], authorisations: [], ...read(from) }),
  };
  const around = { records, log: silentLogger, monotonicMs: () => 0 };
  const sync = new SiteSync(link as unknown as AgentLink, around as unknown as LinkSurroundings);
  const held = {
    router_id: ROUTER,
    lineage: LINEAGE,
    stored_generation: 1n,
    applied_generation: 1n,
    hash: "h1",
  };
  sync.start({
    t: "hello",
    seq: 1,
    ack: 0,
    proto: [1, 1],
    version: "0.1.0",
    install_id: "i",
    boot_id: "b",
    routers: [held],
    settings_version: "v",
    results: [],
  });
  const isWhole = (last: Outgoing) => last.t === "state.delta" || "parts" in last && last.part === last.parts;
  await until(() => sent.some(isWhole), { what: "a state" });
  sync.stop();
  return sent;
}

Deno.test("a change of more rows than a message takes is told as a whole state, which comes in parts", async () => {
  assert.deepEqual(await sentAfter(MAX_MESSAGE_ROWS), ["state.delta"]);
  assert.deepEqual(await sentAfter(MAX_MESSAGE_ROWS + 1), ["state.snapshot"]);
});

Deno.test("however many people allowed disables one by one, no message is longer than an agent takes", async () => {
  const id = (i: number) => `0198c0de-0000-4000-8000-${i.toString(16).padStart(12, "0")}`;
  const rows = {
    secrets: Array.from({ length: 2_000 }, (_, i) => ({
      name: `subscriber.number.${i}`.padEnd(60, "日"),
      profile: "Home 25",
      disabled: true,
      authorisation: id(i),
    })),
    authorisations: Array.from({ length: 2_000 }, (_, i) => ({
      id: id(i),
      kind: "manual" as const,
      run_id: null,
      generation: BigInt(i + 1),
      count: 1,
    })),
  };
  // As one change, and as a whole state.
  for (const delta of [rows, { ...rows, secrets: rows.secrets.slice(0, 250) }, {}]) {
    const sent = await sentFor((from) => from === null ? rows : delta);
    for (const message of sent) {
      const bytes = new TextEncoder().encode(formatFrame({ ...message, seq: 1e9, ack: 1e9 })).length;
      assert.ok(bytes <= MAX_MESSAGE_BYTES, `${message.t} of ${bytes} bytes`);
    }
    const authorised = sent.flatMap((message) => "authorisations" in message ? message.authorisations : []);
    const expected = sent[0]?.t === "state.delta" ? [] : rows.authorisations;
    if (expected.length > 0) assert.deepEqual(authorised, expected);
  }
});
