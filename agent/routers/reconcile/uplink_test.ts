import assert from "node:assert/strict";
import { TimeoutError, TrapError } from "@/shared/routeros/mod.ts";
import { MANUAL, onBench, stateOf } from "./pass_test_support.ts";
import { isUplinkDown } from "./uplink.ts";

const UP = { disabled: false, active: true };
const DOWN = { disabled: false, active: false };

Deno.test("an uplink is down when it has enabled default routes and none is active", () => {
  assert.equal(isUplinkDown([]), false, "a router without a default route tells nothing");
  assert.equal(isUplinkDown([DOWN]), true);
  assert.equal(isUplinkDown([DOWN, UP]), false);
  assert.equal(isUplinkDown([{ disabled: true, active: false }]), false);
  assert.equal(isUplinkDown([{ disabled: true, active: false }, DOWN]), true);
  assert.equal(isUplinkDown([{ disabled: false, active: null }]), false, "nor one that does not say");
});

Deno.test("while the uplink is down cuts and kicks wait and restores go on", async () => {
  await onBench(stateOf(1n, ["ana"], ["ana", "ben"]), async (bench) => {
    bench.router.routes = [DOWN];
    const outcome = await bench.run();
    assert.deepEqual(bench.writes(), ["enable ben"]);
    assert.equal(outcome.isApplied, false);
    assert.equal(outcome.rows[0]?.drift, "waiting_permit");
    assert.equal((await bench.parts()).uplink.isDown, true);
    bench.router.disabled.set("ana", true);
    bench.router.listActive = () => {
      const session = { name: "ana", service: "pppoe", address: null, callerId: null, uptimeSeconds: 1 };
      return Promise.resolve([session] as never[]);
    };
    await bench.run();
    assert.deepEqual(bench.kicked, []);
    bench.router.routes = [DOWN, UP];
    await bench.run();
    assert.deepEqual(bench.kicked, ["ana"]);
  }, ["ben"]);
});

Deno.test("routes are read when somebody is to be cut and otherwise once in a while", async () => {
  await onBench(stateOf(1n, [], ["ana"]), async (bench) => {
    const { uplink } = await bench.parts();
    await bench.run();
    assert.equal(bench.router.routeLooks, 1);
    await uplink.look(bench.router, { isCutDue: false });
    assert.equal(bench.router.routeLooks, 1);
    await uplink.look(bench.router, { isCutDue: true });
    assert.equal(bench.router.routeLooks, 2);
  });
});

Deno.test("a router that may not tell its routes, or has no such menu, counts as up", async () => {
  for (const message of ["not enough permissions (9)", "no such command prefix"]) {
    await onBench(stateOf(1n, ["ana"], ["ana"]), async (bench) => {
      bench.router.listDefaultRoutes = () =>
        Promise.reject(new TrapError("/ip/route/print", [{ category: null, message }]));
      await bench.run();
      assert.deepEqual(bench.writes(), ["disable ana"]);
    });
  }
});

Deno.test("a router that takes too long over its routes is asked once for each connection, and counts as up", async () => {
  await onBench(stateOf(1n, ["ana"], ["ana"]), async (bench) => {
    let asked = 0;
    bench.router.listDefaultRoutes = () => {
      asked++;
      return Promise.reject(new TimeoutError("Cannot read the routes: no answer", false));
    };
    await bench.run();
    assert.deepEqual(bench.writes(), ["disable ana"]);
    bench.router.disabled.set("ana", false);
    bench.desired = stateOf(2n, ["ana"], ["ana"], { authorisation: MANUAL });
    await bench.run();
    assert.deepEqual(bench.writes(), ["disable ana"]);
    assert.equal(asked, 1);
  });
});
