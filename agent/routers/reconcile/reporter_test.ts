import assert from "node:assert/strict";
import type { HandChange } from "@/shared/protocol/mod.ts";
import { Reporter } from "./reporter.ts";

const CHANGE: HandChange = {
  id: "0198c0de-0000-7000-8000-000000000d01",
  name: "ana",
  kind: "disabled",
  before: null,
  after: null,
  said: null,
  found_ms: 1,
};
const OUTCOME = {
  lineage: "0198c0de-0000-4000-8000-000000000b01",
  generation: 1n,
  isApplied: true,
  rows: [],
  missingProfiles: new Map<string, number>(),
  driftCount: 0,
  heldCount: 0,
  tookMs: 1,
  changedCount: 0,
  isCutShort: false,
};

Deno.test("changes that the web refuses or does not confirm are told again with each complete report, and no sooner", async () => {
  let nowMs = 0;
  const toldAt: number[] = [];
  const reporter = new Reporter({
    routerId: "0198c0de-0000-7000-8000-000000000a01",
    nowMs: () => nowMs,
    send: (message) => {
      if (message.t === "router.changes") toldAt.push(nowMs);
      return Promise.resolve();
    },
    unreported: () => [CHANGE],
    question: () => null,
  });
  reporter.linkUp();
  for (; nowMs <= 11 * 60_000; nowMs += 10_000) {
    reporter.publish(OUTCOME);
    reporter.publishChanges();
    // Everything that it sends resolves at once: by the next task it has nothing left to say.
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
  const minutes = toldAt.map((ms) => ms / 60_000);
  assert.deepEqual(minutes.filter((minute) => minute > 0), [5, 10]);
  assert.ok(minutes.length <= 4, `told at ${minutes.join(", ")} minutes`);
});
