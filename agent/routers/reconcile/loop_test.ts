import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { FakePort } from "./fake_port_test_support.ts";
import { type TestLoop, withLoop } from "./loop_test_support.ts";

/** A loop that has cut ana and ben and has nothing to do. */
async function withIdleLoop(work: (parts: TestLoop & { router: FakePort }) => Promise<void>): Promise<void> {
  const router = new FakePort(new Map([["ana", true], ["ben", true], ["cai", false]]));
  const connect = () => Promise.resolve(router);
  await withLoop({ wanted: { ana: true, ben: true, cai: false }, connect }, async (parts) => {
    await until(() => parts.reports.length > 0);
    await work({ ...parts, router });
  });
}

Deno.test("who paid is enabled and told to the web while the state is not on disk yet", async () => {
  await withIdleLoop(async ({ loop, router, reports, desired }) => {
    loop.stateProved({ restored: ["ana"], isOn: (name) => name !== "ben" });
    await until(() => reports.length === 2);
    assert.deepEqual(router.writes, ["enable ana"]);
    assert.equal(desired.current?.generation, 1n);
    const report = reports[1]!;
    assert.equal(report.complete, false);
    assert.equal(
      report.applied_generation,
      1n,
      "the newer generation is not in force before a pass has seen it",
    );
    assert.deepEqual(report.secrets.map(({ name, disabled, drift }) => ({ name, disabled, drift })), [
      { name: "ana", disabled: false, drift: null },
    ]);
  });
});

Deno.test("a state that wants somebody off again takes back a restore that has not been written", async () => {
  await withIdleLoop(async ({ loop, router, reports }) => {
    router.beforeWrite = () => loop.stateProved({ restored: [], isOn: () => false });
    loop.stateProved({ restored: ["ana"], isOn: (name) => name === "ana" });
    loop.wake();
    await until(() => router.looks > 1);
    assert.deepEqual(router.writes, []);
    assert.ok(
      !reports.flatMap(({ secrets }) => secrets).some(({ name, disabled }) =>
        name === "ana" && disabled === false
      ),
    );
  });
});

Deno.test("after a restore the router is looked at again soon, to see who has dialled in", async () => {
  await withIdleLoop(async ({ loop, router }) => {
    const before = router.looks;
    loop.stateProved({ restored: ["ana"], isOn: () => true });
    // The state is on disk: one look at once, and then the follow-ups without anybody's asking.
    loop.stateStored();
    await until(() => router.looks >= before + 3);
  });
});

Deno.test("a pass that has nothing to do reads the router once", async () => {
  await withIdleLoop(async ({ loop, router }) => {
    const before = router.looks;
    loop.wake();
    await until(() => router.looks > before);
    loop.wake();
    await until(() => router.looks > before + 1);
    assert.equal(router.looks, before + 2);
  });
});
