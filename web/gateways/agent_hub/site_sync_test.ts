import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { MAX_MESSAGE_ROWS } from "@/shared/protocol/mod.ts";
import { until } from "@/tests/support/until.ts";
import type { AgentLink } from "./agent_link.ts";
import type { Outgoing } from "./agent_records.ts";
import type { LinkSurroundings } from "./options.ts";
import { SiteSync } from "./site_sync.ts";

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
const LINEAGE = "0198c0de-0000-4000-8000-000000000b01";

/** What an agent at generation 1 is sent when so many names were taken off since. */
async function sentAfter(removed: number): Promise<string[]> {
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
    readState: (_agent: unknown, _router: string, from: bigint | null) => {
      const names = from === null ? [] : Array.from({ length: removed }, (_, i) => i.toString(36));
      return Promise.resolve({ ...mark, secrets: [], removed: names, authorisations: [] });
    },
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
  await until(() => sent.length > 0, { what: "a state" });
  sync.stop();
  return sent.map((message) => message.t);
}

Deno.test("a change of more rows than a message takes is told as a whole state, which comes in parts", async () => {
  assert.deepEqual(await sentAfter(MAX_MESSAGE_ROWS), ["state.delta"]);
  assert.deepEqual(await sentAfter(MAX_MESSAGE_ROWS + 1), ["state.snapshot"]);
});
