import assert from "node:assert/strict";
import { ALL, MANUAL, onSeen, permitFor, stateOf } from "./pass_test_support.ts";

Deno.test("our own cuts, restores and profiles are nobody's hand, wherever the agent dies", async () => {
  await onSeen(async (bench) => {
    bench.router.profiles = ["p", "q"];
    const states = [
      stateOf(2n, ["ana", "cai"], ALL, { profile: "q" }),
      stateOf(3n, ["cai", "dot"], ALL, { profile: "p" }),
      stateOf(4n, [], ALL, { profile: "q" }),
      stateOf(5n, ["ana", "dot", "eli"], ALL, { profile: "p", authorisation: MANUAL }),
    ];
    for (const state of states) {
      for (const dieAt of [1, 2, 3, null]) {
        bench.desired = state;
        let writes = 0;
        // The write goes out, and the agent is gone before it could note anything.
        const { setDisabled, moveToProfile } = bench.router;
        const die = <T>(write: () => Promise<T>): Promise<T> =>
          ++writes === dieAt ? write().then(() => Promise.reject(new Error("killed"))) : write();
        bench.router.setDisabled = (...args) => die(() => setDisabled(...args));
        bench.router.moveToProfile = (...args) => die(() => moveToProfile(...args));
        await bench.run().catch((error: Error) => assert.equal(error.message, "killed"));
        Object.assign(bench.router, { setDisabled, moveToProfile });
        bench.restart();
        assert.deepEqual(await bench.recorded(), [], `generation ${state.generation}, write ${dieAt}`);
      }
    }
    await bench.run();
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("a state that turns back while the agent is dead makes nothing of ours a person's", async () => {
  await onSeen(async (bench) => {
    bench.router.profiles = ["p", "q"];
    bench.desired = stateOf(2n, ["ana", "ben", "cai"], ALL, { profile: "q" });
    const { moveToProfile } = bench.router;
    bench.router.moveToProfile = (...args) =>
      moveToProfile(...args).then(() => Promise.reject(new Error("killed")));
    await assert.rejects(bench.run(), /killed/);
    bench.router.moveToProfile = moveToProfile;
    bench.restart();
    bench.desired = stateOf(3n, ["ana", "ben"], ALL, { profile: "p" });
    await bench.run();
    await bench.run();
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("a restore that is written while the router is read is no hand of a person", async () => {
  await onSeen(async (bench) => {
    const { port, marks } = await bench.parts();
    const { listSecrets } = bench.router;
    // The newer state is proved and written to the router, and not stored yet when the reading is judged.
    bench.router.listSecrets = async () => {
      await port.setDisabled(["ana", "ben"], false);
      return await listSecrets();
    };
    await bench.run();
    assert.deepEqual(await bench.recorded(), []);
    assert.equal(marks.current.question, null);
  });
});

Deno.test("what a command of Linya writes to a secret is no hand of a person, also while it is under way", async () => {
  await onSeen(async (bench) => {
    const { port } = await bench.parts();
    const landed = Promise.withResolvers<void>();
    bench.router.profiles = ["p", "q"];
    bench.router.setSecret = () => landed.promise;
    const writing = port.setSecret("*cai", { password: "x", comment: "", profile: "q", disabled: true });
    await bench.run();
    // The router has it, and reads it back before it answers the command.
    bench.router.profileOf.set("cai", "q");
    bench.router.disabled.set("cai", true);
    await bench.run();
    landed.resolve();
    await writing;
    bench.router.profileOf.set("cai", "q");
    bench.router.disabled.set("cai", true);
    await bench.run();
    assert.deepEqual(await bench.recorded(), []);
    await bench.run();
    bench.router.disabled.set("cai", true);
    await bench.run();
    assert.deepEqual(await bench.recorded(), ["disabled cai"], "and afterwards it is looked after as before");
  });
});

Deno.test("a profile that a command wrote before the state that wants it has come is no hand of a person", async () => {
  await onSeen(async (bench) => {
    const { port } = await bench.parts();
    const landed = Promise.withResolvers<void>();
    bench.router.profiles = ["p", "q"];
    bench.router.setSecret = () => landed.promise;
    const writing = port.setSecret("*cai", { password: "x", comment: "", profile: "q" });
    await bench.run();
    bench.router.profileOf.set("cai", "q");
    landed.resolve();
    await writing;
    await bench.run();
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("who is let through by hand at the box is no change on the router", async () => {
  await onSeen(async (bench) => {
    bench.allowed = new Set(["ana"]);
    await bench.run();
    assert.deepEqual(bench.writes(), ["enable ana"]);
    bench.restart();
    bench.allowed = new Set();
    await bench.run();
    assert.deepEqual(bench.writes(), ["disable ana"], "after its time it is cut again");
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("without a permit nothing changes in what is a person's hand", async () => {
  await onSeen(async (bench) => {
    bench.requestPermit = () => Promise.resolve(null);
    bench.desired = stateOf(2n, ["ana", "ben", "cai"], ALL, { profile: "p" });
    await bench.run();
    // Somebody does by hand what the books want: that is no change against them.
    bench.router.disabled.set("cai", true);
    bench.requestPermit = ({ names }) => Promise.resolve(permitFor(names));
    await bench.run();
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("nothing is written to the journal by a pass that finds everything as it was", async () => {
  await onSeen(async (bench) => {
    const times = async () =>
      await Promise.all(
        ["seen", "marks"].map(async (name) => (await Deno.stat(`${bench.folder}/router.${name}.json`)).ino),
      );
    const before = await times();
    await bench.run();
    bench.restart();
    await bench.run();
    assert.deepEqual(await times(), before);
  });
});
