import assert from "node:assert/strict";
import fc from "fast-check";
import { soaked } from "@/tests/support/soak.ts";
import { removeLeftovers } from "../../journal/files.ts";
import type { DesiredState, ManagedSecret } from "../../journal/desired_store.ts";
import { type Bench, LINEAGE, onBench } from "./pass_test_support.ts";

const NAMES = ["ana", "ben", "cai", "dot", "eli", "flo"];

/** What may happen to an agent and its router without anybody's hand. */
type Step =
  /** The books want something else. */
  | { kind: "books"; off: string[]; profile: string }
  /** A look at the router, in which the agent may die with a write that goes out, or in the middle of a journal write. */
  | { kind: "pass"; dieAtWrite: number | null; dieAtStep: number | null }
  /** Who paid is enabled before the state is on disk; the agent may die right after. */
  | { kind: "proved"; dies: boolean }
  /** A command writes a secret ahead of the state; others may look meanwhile, and its answer may be lost with the agent. */
  | { kind: "command"; name: string; disabled: boolean; profile: string; isSlow: boolean; dies: boolean }
  | { kind: "allow"; names: string[] }
  | { kind: "restart" };

const some = fc.subarray(NAMES);
const perhaps = fc.option(fc.integer({ min: 1, max: 4 }));
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("books"), off: some, profile: fc.constantFrom("p", "q") }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("pass"),
      dieAtWrite: perhaps,
      dieAtStep: fc.option(fc.integer({ min: 1, max: 30 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("proved"), dies: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("command"),
      name: fc.constantFrom(...NAMES),
      disabled: fc.boolean(),
      profile: fc.constantFrom("p", "q"),
      isSlow: fc.boolean(),
      dies: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("allow"), names: fc.subarray(NAMES, { maxLength: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart") }) },
) as fc.Arbitrary<Step>;

/** The next state: whoever is newly off is so by an authorisation of its own, as the web makes them. */
function nextState(before: DesiredState, off: readonly string[], profile: string): DesiredState {
  const generation = before.generation + 1n;
  const own = `0198c0de-0000-7000-8000-${generation.toString(16).padStart(12, "0")}`;
  const secrets = before.secrets.map((secret): ManagedSecret => {
    const disabled = off.includes(secret.name);
    const authorisation = disabled ? secret.authorisation ?? own : null;
    return { ...secret, profile, disabled, authorisation };
  });
  const authorisation = { id: own, kind: "run" as const, run_id: null, generation, count: off.length };
  return { ...before, generation, secrets, authorisations: [...before.authorisations, authorisation] };
}

async function die(bench: Bench): Promise<void> {
  bench.restart();
  await removeLeftovers(bench.folder);
}

async function take(bench: Bench, step: Step): Promise<void> {
  switch (step.kind) {
    case "books":
      bench.desired = nextState(bench.desired, step.off, step.profile);
      return;
    case "pass":
      return await pass(bench, step);
    case "proved": {
      const { port } = await bench.parts();
      const on = bench.desired.secrets.filter(({ disabled }) => !disabled).map(({ name }) => name);
      if (on.length > 0) await port.setDisabled(on, false);
      if (step.dies) await die(bench);
      return;
    }
    case "command":
      return await command(bench, step);
    case "allow":
      bench.allowed = new Set(step.names);
      return;
    case "restart":
      return await die(bench);
  }
}

async function command(bench: Bench, step: Extract<Step, { kind: "command" }>): Promise<void> {
  const { port } = await bench.parts();
  // No command lets in whom the books have cut.
  const isOff = bench.desired.secrets.find(({ name }) => name === step.name)?.disabled === true;
  const landing = Promise.withResolvers<void>();
  bench.router.setSecret = async () => {
    await landing.promise;
    bench.router.disabled.set(step.name, step.disabled || isOff);
    bench.router.profileOf.set(step.name, step.profile);
    if (step.dies) throw new Error("Cannot go on: killed");
  };
  const writing = port.setSecret(`*${step.name}`, { password: "x", comment: "" }).catch(() => {});
  if (step.isSlow) await bench.run();
  landing.resolve();
  await writing;
  if (step.dies) await die(bench);
}

async function pass(bench: Bench, { dieAtWrite, dieAtStep }: Extract<Step, { kind: "pass" }>): Promise<void> {
  const { router } = bench;
  const { setDisabled, moveToProfile } = router;
  let writes = 0;
  const dying = <T>(write: () => Promise<T>): Promise<T> =>
    ++writes === dieAtWrite ? write().then(() => Promise.reject(new Error("Cannot go on: killed"))) : write();
  router.setDisabled = (...args) => dying(() => setDisabled(...args));
  router.moveToProfile = (...args) => dying(() => moveToProfile(...args));
  bench.stepsToLive = dieAtStep ?? Infinity;
  let isDead = false;
  await bench.run().catch((error: Error) => {
    assert.match(error.message, /killed/);
    isDead = true;
  });
  Object.assign(router, { setDisabled, moveToProfile });
  if (isDead || bench.stepsToLive <= 0) await die(bench);
  bench.stepsToLive = Infinity;
}

Deno.test("whatever the books want and wherever the agent dies, nothing of its own is taken for a person's hand", async () => {
  const first: DesiredState = {
    lineage: LINEAGE,
    generation: 1n,
    hash: "",
    secrets: NAMES.map((name) => ({ name, profile: "p", disabled: false, authorisation: null })),
    authorisations: [],
  };
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { minLength: 5, maxLength: 25 }), async (steps) => {
      await onBench(first, async (bench) => {
        bench.router.profiles = ["p", "q"];
        for (const step of steps) {
          await take(bench, step);
          assert.deepEqual(await bench.recorded(), [], JSON.stringify(step));
          assert.equal((await bench.parts()).marks.current.question, null);
        }
        bench.allowed = new Set();
        for (let round = 0; round < 3; round++) await bench.run();
        assert.deepEqual(await bench.recorded(), []);
        // And it ends as the books say.
        for (const { name, disabled, profile } of bench.desired.secrets) {
          assert.equal(bench.router.disabled.get(name), disabled, name);
          assert.equal(bench.router.profileOf.get(name) ?? "p", profile, name);
        }
      });
    }),
    { numRuns: soaked(150, 3_000) },
  );
});
