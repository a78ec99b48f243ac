import assert from "node:assert/strict";
import { onBench, permitFor, stateOf } from "./pass_test_support.ts";

const many = (count: number) => Array.from({ length: count }, (_, i) => `user-${i}`);

Deno.test("profiles are read only when somebody's differs, and then once in a pass", async () => {
  await onBench(stateOf(1n, [], ["ana", "ben"], { profile: "p" }), async (bench) => {
    await bench.run();
    assert.equal(bench.router.profileLooks, 0);
    bench.router.profiles = ["p", "old"];
    bench.router.profileOf.set("ana", "old").set("ben", "old");
    const outcome = await bench.run();
    assert.equal(bench.router.profileLooks, 1);
    assert.deepEqual(bench.writes(), ["profile p ana ben"]);
    assert.equal(outcome.isApplied, true);
    assert.equal(outcome.driftCount, 0);
  });
});

Deno.test("a profile that is renamed under 3,000 accounts is one difference and no write; a cut is done at once", async () => {
  const names = many(3_000);
  await onBench(stateOf(1n, [], names, { profile: "p" }), async (bench) => {
    await bench.run();
    bench.router.profiles = ["p-2026", "default"];
    for (const name of names) bench.router.profileOf.set(name, "p-2026");
    bench.desired = stateOf(2n, ["user-7"], names, { profile: "p" });
    const outcome = await bench.run();
    assert.deepEqual(bench.writes(), ["disable user-7"]);
    assert.equal(outcome.driftCount, 1);
    assert.deepEqual([...outcome.missingProfiles], [["p", 3_000]]);
    assert.equal(outcome.rows.filter(({ drift }) => drift === "profile_missing").length, 3_000);
    assert.equal(outcome.isApplied, true, "nothing that Linya could do is left");
    assert.deepEqual(await bench.recorded(), [], "nobody moved 3,000 accounts by hand");
    await bench.run();
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("a profile that comes back under its name is nobody's hand either, and one that is made anew is filled", async () => {
  const names = many(5);
  await onBench(stateOf(1n, [], names, { profile: "p" }), async (bench) => {
    await bench.run();
    bench.router.profiles = ["renamed"];
    for (const name of names) bench.router.profileOf.set(name, "renamed");
    assert.equal((await bench.run()).driftCount, 1);
    bench.router.profiles = ["renamed", "p"];
    const outcome = await bench.run();
    assert.deepEqual(bench.writes(), [`profile p ${names.join(" ")}`]);
    assert.equal(outcome.driftCount, 0);
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("profiles are set in writes of 100, after restores and after cuts", async () => {
  const names = many(250);
  await onBench(stateOf(1n, ["user-1"], names, { profile: "p" }), async (bench) => {
    bench.router.profiles = ["p", "old"];
    for (const name of names) bench.router.profileOf.set(name, "old");
    await bench.run();
    const kinds = bench.writes().map((write) => write.split(" "));
    assert.deepEqual(
      kinds.map(([kind, first, ...rest]) => [kind, kind === "profile" ? rest.length : first]),
      [
        ["enable", "user-2"],
        ["disable", "user-1"],
        ["profile", 100],
        ["profile", 100],
        ["profile", 50],
      ],
    );
  }, ["user-2"]);
});

Deno.test("a newer state ends the setting of profiles: what it brings goes first", async () => {
  const names = many(300);
  await onBench(stateOf(1n, [], names, { profile: "p" }), async (bench) => {
    bench.router.profiles = ["p", "old"];
    for (const name of names) bench.router.profileOf.set(name, "old");
    let writes = 0;
    bench.router.beforeWrite = () => {
      if (++writes === 1) bench.desired = stateOf(2n, ["user-299"], names, { profile: "p" });
    };
    const outcome = await bench.run();
    assert.equal(outcome.isCutShort, true, "looks again soon");
    assert.equal(bench.writes().length, 1);
    await bench.run();
    assert.deepEqual(bench.writes().map((write) => write.split(" ")[0]), ["disable", "profile", "profile"]);
  });
});

Deno.test("a write of a profile that is not wanted any more when its turn comes is not sent", async () => {
  await onBench(stateOf(1n, [], ["ana", "ben"], { profile: "p" }), async (bench) => {
    bench.router.profiles = ["p", "old"];
    bench.router.profileOf.set("ana", "old");
    bench.router.beforeWrite = () => bench.desired = stateOf(2n, [], ["ana", "ben"], { profile: "old" });
    await bench.run();
    assert.deepEqual(bench.writes(), []);
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("a permit that is not given holds back no profile", async () => {
  await onBench(stateOf(1n, ["ana"], ["ana", "ben"], { profile: "p" }), async (bench) => {
    bench.router.profiles = ["p", "old"];
    bench.router.profileOf.set("ben", "old");
    bench.requestPermit = () => Promise.resolve(null);
    await bench.run();
    assert.deepEqual(bench.writes(), ["profile p ben"]);
    bench.requestPermit = ({ names }) => Promise.resolve(permitFor(names));
    await bench.run();
    assert.deepEqual(bench.writes(), ["disable ana"]);
  });
});
