import assert from "node:assert/strict";
import { TimeoutError } from "@/shared/routeros/mod.ts";
import { removeLeftovers } from "../../journal/files.ts";
import { ALL, type Bench, onBench, onSeen, stateOf } from "./pass_test_support.ts";

Deno.test("a payer who was disabled by hand is recorded once, before being enabled again", async () => {
  await onSeen(async (bench) => {
    bench.router.disabled.set("cai", true);
    let before: string[] = [];
    const { changes } = await bench.parts();
    bench.router.beforeWrite = () => before = changes.unreported.map(({ name }) => name);
    await bench.run();
    assert.deepEqual(before, ["cai"], "it is in the journal when it is undone");
    assert.deepEqual(bench.writes(), ["enable cai"]);
    await bench.run();
    assert.deepEqual(await bench.recorded(), ["disabled cai"]);
    bench.router.disabled.set("cai", true);
    await bench.run();
    assert.deepEqual(
      await bench.recorded(),
      ["disabled cai", "disabled cai"],
      "a second time is a second change",
    );
  });
});

Deno.test("who is let on while the record is on its way to the disk does not wait for it, and the record is not lost", async () => {
  const occasions: ((bench: Bench) => void)[] = [
    (bench) => bench.desired = stateOf(2n, ["ben"], ALL, { profile: "p" }),
    (bench) => bench.allowed = new Set(["ana"]),
  ];
  for (const happen of occasions) {
    await onSeen(async (bench) => {
      const { changes } = await bench.parts();
      const room = Promise.withResolvers<void>();
      const recording = Promise.withResolvers<void>();
      const { add } = changes;
      changes.add = async (found) => {
        recording.resolve();
        await room.promise;
        await add.call(changes, found);
      };
      bench.router.disabled.set("cai", true);
      const run = bench.run();
      await recording.promise;
      happen(bench);
      await bench.pass?.restoreNow();
      assert.deepEqual(bench.writes(), ["enable ana cai"]);
      assert.deepEqual(await bench.recorded(), []);
      room.resolve();
      await run;
      assert.deepEqual(await bench.recorded(), ["disabled cai"]);
      bench.restart();
      await bench.run();
      assert.deepEqual(await bench.recorded(), ["disabled cai"], "it is on disk, once");
    });
  }
});

Deno.test("who was cut and is enabled by hand is recorded once and stays on", async () => {
  await onSeen(async (bench) => {
    bench.router.disabled.set("ana", false);
    const outcome = await bench.run();
    await bench.run();
    assert.deepEqual(bench.writes(), []);
    assert.deepEqual(await bench.recorded(), ["enabled ana"]);
    assert.equal(outcome.rows.find(({ name }) => name === "ana")?.drift, "enabled_by_hand");
  });
});

Deno.test("an account that was moved to another profile by hand is recorded and moved back", async () => {
  await onSeen(async (bench) => {
    bench.router.profiles = ["p", "fast"];
    bench.router.profileOf.set("cai", "fast");
    await bench.run();
    assert.deepEqual(bench.writes(), ["profile p cai"]);
    await bench.run();
    assert.deepEqual(await bench.recorded(), ["profile cai p fast"]);
  });
});

Deno.test("what is deleted, renamed or of another service is recorded by its row, and nothing is written", async () => {
  await onSeen(async (bench) => {
    const { router } = bench;
    router.disabled.delete("cai");
    router.disabled.delete("dot");
    router.disabled.set("dorothea", false);
    router.rows.set("dorothea", { id: "*dot" });
    router.rows.set("eli", { service: "l2tp" });
    const outcome = await bench.run();
    await bench.run();
    assert.deepEqual(bench.writes(), []);
    assert.deepEqual(await bench.recorded(), [
      "deleted cai",
      "renamed dot dot dorothea",
      "service eli pppoe l2tp",
    ]);
    const drift = outcome.rows.filter(({ drift }) => drift !== null).map(({ name, drift }) =>
      `${name} ${drift}`
    );
    assert.deepEqual(drift, ["cai missing", "dot missing", "eli missing"]);
  });
});

Deno.test("what is missing from a reading that is not whole is nobody's hand", async () => {
  await onSeen(async (bench) => {
    const { watch, marks } = await bench.parts();
    const { listSecrets } = bench.router;
    bench.router.listSecrets = async () => {
      watch.secretsSkipped();
      return (await listSecrets()).filter(({ name }) => name === "ana");
    };
    await bench.run();
    assert.equal(marks.current.question, null);
    bench.router.listSecrets = listSecrets;
    await bench.run();
    assert.deepEqual(await bench.recorded(), []);
    bench.router.disabled.delete("cai");
    await bench.run();
    assert.deepEqual(await bench.recorded(), ["deleted cai"]);
  });
});

Deno.test("who is missing from a reading that is not whole stays known while profiles are set by it", async () => {
  await onSeen(async (bench) => {
    const { watch } = await bench.parts();
    const { listSecrets } = bench.router;
    bench.router.profiles = ["p", "fast"];
    bench.router.profileOf.set("cai", "fast");
    bench.router.listSecrets = async () => {
      watch.secretsSkipped();
      return (await listSecrets()).filter(({ name }) => name !== "dot");
    };
    await bench.run();
    assert.deepEqual(bench.writes(), ["profile p cai"]);
    bench.router.listSecrets = listSecrets;
    bench.router.disabled.delete("dot");
    await bench.run();
    assert.deepEqual(await bench.recorded(), ["profile cai p fast", "deleted dot"]);
  });
});

Deno.test("an id that was given to another known account is no renaming", async () => {
  await onSeen(async (bench) => {
    bench.router.disabled.delete("cai");
    bench.router.rows.set("dot", { id: "*cai" });
    await bench.run();
    assert.deepEqual(await bench.recorded(), ["deleted cai"]);
  });
});

Deno.test("a person's change while the agent is away is found when it starts", async () => {
  await onSeen(async (bench) => {
    bench.restart();
    bench.router.disabled.set("cai", true).set("ana", false);
    await bench.run();
    assert.deepEqual(await bench.recorded(), ["disabled cai", "enabled ana"]);
  });
});

Deno.test("an agent that dies after recording and before anything else records nothing twice", async () => {
  await onSeen(async (bench) => {
    const { seen } = await bench.parts();
    bench.router.disabled.set("cai", true);
    seen.save = () => Promise.reject(new Error("killed"));
    await assert.rejects(bench.run(), /killed/);
    bench.restart();
    await bench.run();
    assert.deepEqual(await bench.recorded(), ["disabled cai"]);
  });
});

Deno.test("an agent that is killed at any step of any journal ends as the books say, with each change recorded once", async () => {
  let kills = 0;
  let isKilled = true;
  for (let steps = 1; isKilled; steps++) {
    await onSeen(async (bench) => {
      bench.router.profiles = ["p", "q"];
      bench.router.disabled.set("cai", true).set("ana", false);
      bench.router.disabled.delete("hub");
      bench.desired = stateOf(2n, ["ana", "dot"], ALL, { profile: "q" });
      bench.stepsToLive = steps;
      await bench.run().catch((error: Error) => assert.match(error.message, /killed/));
      isKilled = bench.stepsToLive <= 0;
      if (isKilled) kills++;
      bench.restart();
      await removeLeftovers(bench.folder);
      for (let round = 0; round < 3; round++) await bench.run();
      const off = [...bench.router.disabled].filter(([, disabled]) => disabled).map(([name]) => name);
      assert.deepEqual(off, ["dot"], `killed at step ${steps}`);
      assert.deepEqual(new Set(bench.router.profileOf.values()), new Set(["q"]));
      assert.equal(bench.router.profileOf.size, ALL.length - 1);
      assert.deepEqual(
        (await bench.recorded()).toSorted(),
        ["deleted hub", "disabled cai", "enabled ana"],
        `killed at step ${steps}`,
      );
    });
  }
  assert.ok(kills > 20, `${kills} places to die`);
});

Deno.test("a full disk keeps nobody from being enabled, and the change is recorded when there is room", async () => {
  await onSeen(async (bench) => {
    bench.router.disabled.set("cai", true);
    const blocked = `${bench.folder}/router.changes.json.tmp`;
    await Deno.mkdir(blocked);
    await bench.run();
    assert.deepEqual(bench.writes(), ["enable cai"]);
    assert.deepEqual(await bench.recorded(), []);
    await Deno.remove(blocked);
    await bench.run();
    assert.deepEqual(await bench.recorded(), ["disabled cai"]);
  });
});

Deno.test("a journal of what was seen that is lost or damaged costs only the recognising", async () => {
  await onSeen(async (bench) => {
    for (const text of [null, "{"]) {
      const path = `${bench.folder}/router.seen.json`;
      if (text === null) await Deno.remove(path);
      else await Deno.writeTextFile(path, text);
      bench.restart();
      bench.router.disabled.set("cai", true);
      await bench.run();
      assert.deepEqual(bench.writes(), ["enable cai"]);
      assert.deepEqual(await bench.recorded(), []);
    }
  });
});

Deno.test("3,000 payers who are disabled at once are enabled in one go and recorded one by one", async () => {
  const names = Array.from({ length: 3_000 }, (_, i) => `user-${i}`);
  await onBench(stateOf(1n, [], names), async (bench) => {
    await bench.run();
    for (const name of names) bench.router.disabled.set(name, true);
    await bench.run();
    assert.equal(bench.writes().length, 1);
    const { changes, marks } = await bench.parts();
    assert.equal(changes.unreported.length, 3_000);
    assert.equal(new Set(changes.unreported.map(({ id }) => id)).size, 3_000);
    assert.equal(marks.current.question, null);
  });
});

Deno.test("a router that takes too long over its log is asked once for each connection, and the change is told", async () => {
  await onSeen(async (bench) => {
    let asked = 0;
    bench.router.listLog = () => {
      asked++;
      return Promise.reject(new TimeoutError("Cannot read the log: no answer", false));
    };
    for (let round = 1; round <= 2; round++) {
      bench.router.disabled.set("cai", true);
      await bench.run();
      assert.equal(bench.toldTimes, round);
    }
    assert.equal(asked, 1);
    assert.deepEqual(await bench.recorded(), ["disabled cai", "disabled cai"]);
  });
});

Deno.test("the router's own line is told where exactly one fits", async () => {
  await onSeen(async (bench) => {
    const line = (message: string, topics = ["system", "info"]) => ({ time: "10:00:00", topics, message });
    bench.router.log = [
      line("user admin logged in from 10.0.0.2 via winbox", ["system", "info", "account"]),
      line("ppp secret changed by linya"),
      line("ppp secret changed by admin"),
      line("ppp secret removed by ops"),
    ];
    bench.router.disabled.set("cai", true).delete("dot");
    await bench.run();
    const { changes } = await bench.parts();
    assert.deepEqual(changes.unreported.map(({ name, said }) => [name, said]), [
      ["cai", "10:00:00 ppp secret changed by admin"],
      ["dot", "10:00:00 ppp secret removed by ops"],
    ]);
    assert.equal(bench.toldTimes, 1);
  });
});

Deno.test("a log that cannot be read tells nothing, and the change is told all the same", async () => {
  await onSeen(async (bench) => {
    bench.router.listLog = () => Promise.reject(new Error("no log"));
    bench.router.disabled.set("cai", true);
    await bench.run();
    const { changes } = await bench.parts();
    assert.deepEqual(changes.unreported.map(({ said }) => said), [null]);
    assert.equal(bench.toldTimes, 1);
  });
});
