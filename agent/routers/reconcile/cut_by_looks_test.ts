import assert from "node:assert/strict";
import { join } from "node:path";
import { textOfBytes } from "@/shared/text/mod.ts";
import { onBench, RUN, stateOf } from "./pass_test_support.ts";

/** "niño" as WinBox wrote it, and as an agent from before took it. */
const EXACT = textOfBytes(Uint8Array.of(0x6e, 0x69, 0xf1, 0x6f));
const LOOKS = "niño";

/** The journal of an agent from before names kept their bytes, which cut these. */
async function writeOldMarks(folder: string, names: readonly string[]): Promise<void> {
  const mark = { authorisation: RUN, generation: "1", at_ms: 1, confirmed: true };
  const cuts = Object.fromEntries(names.map((name) => [name, mark]));
  const content = { applied: null, bound: null, cuts, guarded: [] };
  await Deno.writeTextFile(join(folder, "router.marks.json"), JSON.stringify(content));
}

Deno.test("who was cut by the looks of a name and pays comes on, although the books do not know the exact name yet", async () => {
  await onBench(stateOf(1n, [LOOKS], [LOOKS, "ana"]), async (bench) => {
    bench.router.disabled.delete(LOOKS);
    bench.router.disabled.set(EXACT, true);
    await writeOldMarks(bench.folder, [LOOKS]);
    await bench.run();
    assert.deepEqual(bench.writes(), [], "who still owes stays off");
    bench.restart();
    bench.desired = stateOf(2n, [], [LOOKS, "ana"]);
    const outcome = await bench.run();
    assert.deepEqual(bench.writes(), [`enable ${EXACT}`]);
    assert.equal(outcome.rows.find(({ name }) => name === LOOKS)?.drift, "missing");
    assert.deepEqual((await bench.parts()).marks.current.cuts, {});
    bench.router.disabled.set(EXACT, true);
    await bench.run();
    assert.deepEqual(bench.writes(), [], "what somebody does to it afterwards is no cut of ours");
  });
});

Deno.test("both of a name that were cut as one come on together, and once", async () => {
  await onBench(stateOf(2n, [], [LOOKS]), async (bench) => {
    for (const name of [LOOKS, EXACT]) bench.router.disabled.set(name, true);
    await writeOldMarks(bench.folder, [LOOKS]);
    await bench.run();
    assert.deepEqual(bench.writes(), [`enable ${LOOKS} ${EXACT}`]);
    bench.router.disabled.set(EXACT, true);
    await bench.run();
    assert.deepEqual(bench.writes(), []);
  });
});

Deno.test("an account in a code page is left alone where the cut was by the exact name or the books know it", async () => {
  await onBench(stateOf(1n, [LOOKS], [LOOKS]), async (bench) => {
    bench.router.disabled.set(EXACT, true);
    await bench.run();
    assert.deepEqual(bench.writes(), [`disable ${LOOKS}`]);
    bench.restart();
    bench.desired = stateOf(2n, [], [LOOKS]);
    await bench.run();
    assert.deepEqual(bench.writes(), [`enable ${LOOKS}`]);
  });
  await onBench(stateOf(2n, [EXACT], [LOOKS, EXACT]), async (bench) => {
    for (const name of [LOOKS, EXACT]) bench.router.disabled.set(name, true);
    await writeOldMarks(bench.folder, [LOOKS]);
    await bench.run();
    assert.deepEqual(bench.writes(), [`enable ${LOOKS}`]);
  });
});

Deno.test("a person at the box lets through who was cut by looks, by the name that the books have", async () => {
  await onBench(stateOf(1n, [LOOKS], [LOOKS]), async (bench) => {
    bench.router.disabled.delete(LOOKS);
    bench.router.disabled.set(EXACT, true);
    await writeOldMarks(bench.folder, [LOOKS]);
    bench.allowed = new Set([LOOKS]);
    await bench.run();
    assert.deepEqual(bench.writes(), [`enable ${EXACT}`]);
  });
});
