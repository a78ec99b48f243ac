import assert from "node:assert/strict";
import type { DesiredState } from "../../journal/desired_store.ts";
import type { FakePort } from "./fake_port_test_support.ts";
import type { PassOutcome } from "./outcome.ts";
import type { Pass } from "./pass.ts";
import { Bench, onBench, permitFor, stateOf } from "./pass_test_support.ts";
import type { Permit } from "./ports.ts";

async function withPass(
  state: DesiredState,
  disabled: string[],
  permit: (
    names: readonly string[],
    set: (next: DesiredState) => void,
    pass: () => Pass,
  ) => Promise<Permit | null>,
  prepare: (folder: string, router: FakePort) => Promise<void> = () => Promise.resolve(),
): Promise<{ router: FakePort; outcome: PassOutcome }> {
  const results: { router: FakePort; outcome: PassOutcome }[] = [];
  await onBench(state, async (bench: Bench) => {
    await prepare(bench.folder, bench.router);
    bench.requestPermit = ({ names }) =>
      permit(names, (next) => bench.desired = next, () => bench.pass ?? assert.fail("no pass"));
    results.push({ router: bench.router, outcome: await bench.run() });
  }, disabled);
  return results[0] ?? assert.fail("no outcome");
}

Deno.test("a pass enables first, then disables what the permit names, and touches no stranger", async () => {
  const { router, outcome } = await withPass(
    stateOf(2n, ["ana", "ben"], ["ana", "ben", "cai"]),
    ["cai"],
    () => Promise.resolve(permitFor(["ana"])),
  );
  assert.deepEqual(router.writes, ["enable cai", "disable ana"]);
  assert.equal(outcome.isApplied, false);
  assert.equal(outcome.rows.find((row) => row.name === "ben")?.drift, "waiting_permit");
});

Deno.test("an account of another service is reported with its service, a PPPoE one as older webs know it", async () => {
  const { outcome } = await withPass(stateOf(2n, [], ["ana", "l2tp//ana"]), [], () => Promise.resolve(null));
  assert.deepEqual(outcome.rows.map(({ name, service, present }) => ({ name, service, present })), [
    { name: "ana", service: undefined, present: true },
    { name: "ana", service: "l2tp", present: false },
  ]);
});

Deno.test("a payment stored between permit and disable is restored before the cut and takes its name out", async () => {
  const all = ["ana", "ben", "cai"];
  const { router, outcome } = await withPass(
    stateOf(2n, ["ana", "ben", "cai"], all),
    ["cai"],
    async (names, set, pass) => {
      set(stateOf(3n, ["ben"], all));
      await pass().restoreNow();
      return permitFor(names);
    },
  );
  assert.deepEqual(router.writes, ["enable ana cai", "disable ben"]);
  assert.equal(outcome.generation, 3n);
});

Deno.test("who is let through by hand is enabled at once, whatever a pass waits for on the router", async () => {
  await onBench(stateOf(1n, ["ana"], ["ana", "cai"]), async (bench) => {
    await bench.run();
    await bench.run();
    bench.writes();
    const log = Promise.withResolvers<[]>();
    const asked = Promise.withResolvers<void>();
    bench.router.listLog = () => {
      asked.resolve();
      return log.promise;
    };
    bench.router.disabled.set("cai", true);
    const run = bench.run();
    await asked.promise;
    bench.allowed = new Set(["ana"]);
    await bench.pass?.restoreNow();
    assert.deepEqual(bench.writes(), ["enable cai", "enable ana"]);
    log.resolve([]);
    await run;
    await bench.run();
    assert.deepEqual(bench.writes(), []);
    assert.deepEqual(await bench.recorded(), ["disabled cai"]);
  });
});

Deno.test("without a permit, or after its time, nothing is disabled", async () => {
  for (const permit of [null, permitFor(["ana"], () => false)]) {
    const { router } = await withPass(stateOf(2n, ["ana"], ["ana"]), [], () => Promise.resolve(permit));
    assert.deepEqual(router.writes, []);
  }
});

Deno.test("a payment, or a lost link, while the router is compared keeps the disable off the wire", async () => {
  let isValid = true;
  let pay = () => {};
  const onWrite = [() => pay(), () => void (isValid = false)];
  for (const beforeWrite of onWrite) {
    isValid = true;
    const { router, outcome } = await withPass(
      stateOf(2n, ["ana", "ben"], ["ana", "ben"]),
      [],
      (names, set) => {
        pay = () => set(stateOf(3n, ["ben"], ["ana", "ben"]));
        return Promise.resolve(permitFor(names, () => isValid));
      },
      (_folder, router) => Promise.resolve(void (router.beforeWrite = beforeWrite)),
    );
    assert.deepEqual(router.writes, []);
    assert.equal(outcome.isCutShort, true, "looks again soon");
    assert.equal(outcome.rows.some((row) => row.drift === "failed"), false);
  }
});

Deno.test("with a journal that cannot be written, restores still happen and cuts do not", async () => {
  const { router, outcome } = await withPass(
    stateOf(2n, ["ana"], ["ana", "cai"]),
    ["cai"],
    (names) => Promise.resolve(permitFor(names)),
    // A folder where the journal writes its file stands for a full disk, which root would not feel otherwise.
    (folder) => Deno.mkdir(`${folder}/router.marks.json.tmp`),
  );
  assert.deepEqual(router.writes, ["enable cai"]);
  assert.equal(outcome.rows.find((row) => row.name === "ana")?.drift, "waiting_permit");
});
