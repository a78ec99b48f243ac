import assert from "node:assert/strict";
import { join } from "node:path";
import { DiskHealth, diskProblem } from "@/agent/journal/disk_health.ts";
import { problemOfDial, tellingProblem } from "@/agent/link/link_problem.ts";
import { until } from "../support/until.ts";
import { disabledNames, LINEAGE, namesOf, ROUTER, sendSettings, wanted, withParts } from "./agent_process.ts";

Deno.test("a disk without room is told apart from one that cannot be written", async () => {
  const full = await Deno.open("/dev/full", { write: true });
  const error = await full.write(new Uint8Array(1)).then(() => null, (e: unknown) => e);
  full.close();
  assert.equal(diskProblem(error).code, "disk_full");
  const denied = await Deno.open("/proc/version", { write: true }).then(() => null, (e: unknown) => e);
  assert.equal(diskProblem(denied).code, "disk_unwritable");
});

Deno.test("a disk is well again when the file that failed was written, and not when another was", () => {
  const told: (string | null)[] = [];
  const disk = new DiskHealth((problem) => told.push(problem?.code ?? null));
  disk.failed("a", new Error("No space left on device (os error 28)"));
  disk.failed("a", new Error("No space left on device (os error 28)"));
  disk.failed("b", new Error("No space left on device (os error 28)"));
  disk.wrote("c");
  disk.wrote("b");
  assert.deepEqual(told, ["disk_full"]);
  disk.wrote("a");
  assert.deepEqual([told, disk.problem], [["disk_full", null], null]);
});

Deno.test("what kept the next connection from opening says more than that the last one was cut", () => {
  const away = (message: string) => problemOfDial({ kind: "unreachable", message });
  assert.equal(away("dns error: failed to lookup").code, "unreachable");
  assert.equal(away("invalid peer certificate: NotValidYet").code, "clock_wrong");
  const refused = problemOfDial({ kind: "refused", status: 401, code: "bad_signature", message: "" });
  assert.equal(refused.code, "key_unknown");
  const full = { code: "disk_full", detail: null };
  assert.equal(tellingProblem(full, away("refused")).code, "disk_full");
  assert.equal(tellingProblem(full, refused).code, "key_unknown");
  assert.equal(tellingProblem({ code: "cut", detail: null }, away("refused")).code, "unreachable");
  assert.equal(tellingProblem(null, away("refused")).code, "unreachable");
});

Deno.test("with a disk that cannot be written the agent says so, cuts nobody, restores, and goes on when it can", () =>
  withParts(async ({ web, sim, folder, agent }) => {
    agent();
    await until(() => web.of("hello").length === 1, { timeoutMs: 15_000, what: "hello" });
    await sendSettings(web, sim);
    const [first, second] = namesOf(sim);
    assert.ok(first !== undefined && second !== undefined);
    const state = (generation: bigint, cut: string[]) =>
      web.sendState(ROUTER, LINEAGE, generation, wanted(namesOf(sim), new Set(cut)));
    await state(1n, [second]);
    await until(() => disabledNames(sim).has(second), { timeoutMs: 10_000, what: "the first cut" });

    // A folder where a file is to be written: nobody's rights get past that, root's neither.
    const marks = join(folder, "agent", `${ROUTER}.marks.json.tmp`);
    await until(() => takesPlaceOf(marks), { what: "the marks are not being written" });
    await state(2n, [first]);
    await until(() => web.of("agent.trouble").some((m) => m.trouble?.code === "disk_unwritable"), {
      timeoutMs: 10_000,
      what: "the trouble is told",
    });
    await until(() => !disabledNames(sim).has(second), { what: "who paid is on again" });
    assert.ok(!disabledNames(sim).has(first), "cut without a mark in the journal");

    web.drop();
    await until(() => web.of("hello").length === 2, { timeoutMs: 10_000, what: "the next hello" });
    const hello = web.of("hello").at(-1);
    assert.deepEqual([hello?.trouble?.code, hello?.last_end?.code], ["disk_unwritable", "web_restart"]);
    assert.ok(Math.abs((hello?.clock_ms ?? 0) - Date.now()) < 60_000);

    await Deno.remove(marks);
    web.send({ t: "state.read", router_id: ROUTER });
    await until(() => web.of("agent.trouble").at(-1)?.trouble === null, {
      timeoutMs: 10_000,
      what: "all is well",
    });
    await until(() => disabledNames(sim).has(first), { timeoutMs: 10_000, what: "the cut is made" });

    // What cannot be stored at all ends the link, with the reason before the close.
    await Deno.mkdir(join(folder, "agent", `${ROUTER}.state.json.tmp`));
    await state(3n, []);
    await until(() => web.of("link.closing").length === 1, { timeoutMs: 10_000, what: "the reason" });
    assert.equal(web.of("link.closing")[0]?.reason.code, "disk_unwritable");
  }));

/** Makes a folder under the name of a file that is there for a moment at each write. */
async function takesPlaceOf(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}
