import assert from "node:assert/strict";
import { mikrotikWith } from "@/agent/routers/mikrotik_port.ts";
import { LOOP_TIMING } from "@/agent/routers/reconcile/loop_timing.ts";
import { withLoop } from "@/agent/routers/reconcile/loop_test_support.ts";
import { generateSecrets, type RouterOsSim, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { SilentLink } from "@/tests/support/silent_link.ts";
import { until } from "@/tests/support/until.ts";

const SILENCE_MS = 300;

async function withLink(
  work: (sim: RouterOsSim, link: SilentLink, payer: string) => Promise<void>,
): Promise<void> {
  const secrets = generateSecrets(400, 7);
  const sim = startRouterOsSim({ secrets });
  const payer = secrets[200]!.name;
  try {
    await using link = new SilentLink(sim);
    await work(sim, link, payer);
  } finally {
    await sim.close();
  }
}

function loopOptions(sim: RouterOsSim, link: SilentLink) {
  return {
    address: { host: "127.0.0.1", port: link.port, username: "admin" },
    password: "admin",
    serialNumber: sim.world.serialNumber,
    connect: mikrotikWith({ silenceMs: SILENCE_MS, keepaliveMs: SILENCE_MS }),
    timing: { ...LOOP_TIMING, everyMs: 60_000 },
  };
}

/** Disables by hand, as somebody in WinBox would, so that the next pass has a payer to bring back. */
function disable(sim: RouterOsSim, name: string): void {
  for (const row of sim.world.secrets.named(name)) {
    sim.world.secrets.update(row[".id"] ?? "", { disabled: "true" });
  }
}

Deno.test("a link that goes silent in the middle of a print is replaced, and the payer restored by the next pass", async () => {
  await withLink(async (sim, link, payer) => {
    disable(sim, payer);
    // Enough for the login and who the router is, and for a part of the 400 accounts.
    link.silenceAfter(6_000);
    const began = performance.now();
    await withLoop({ ...loopOptions(sim, link), wanted: { [payer]: false } }, async () => {
      await until(() => sim.isDisabled(payer) === false, { what: "the payer is on again" });
      assert.equal(link.connections, 2);
      assert.ok(performance.now() - began < 10 * SILENCE_MS);
    });
  });
});

Deno.test("an idle link that died is found by a small question and replaced", async () => {
  await withLink(async (sim, link, payer) => {
    await withLoop({ ...loopOptions(sim, link), wanted: { [payer]: false } }, async ({ reports }) => {
      await until(() => reports.length > 0, { what: "the first pass" });
      link.silenceAfter(0);
      await until(() => link.connections === 2, { what: "another connection" });
      await until(() => sim.counters.logins === 2);
    });
  });
});
