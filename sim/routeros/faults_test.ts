import assert from "node:assert/strict";
import { LOGIN, login, until, withSim } from "./wire_test_support.ts";

Deno.test("a connection goes silent after so many bytes and stays open; a new one works", async () => {
  await withSim({}, async (sim, dial) => {
    const wire = await login(dial);
    const before = wire.byteCount;
    sim.silentAfterBytes(100);
    await wire.send(["/ppp/profile/print"], ["/system/identity/print"]);
    await until(() => wire.byteCount === before + 100);
    const other = await login(dial);
    await other.send(["/system/identity/print"]);
    await until(() => other.replies.some(([type]) => type === "!done"));
    assert.equal(wire.byteCount, before + 100);
    assert.equal(wire.isClosed, false);
  });
});

Deno.test("several traps come before the done of one command, and the next is answered as ever", async () => {
  await withSim({}, async (sim, dial) => {
    const wire = await login(dial);
    sim.refuseNext({ category: 0, message: "first" }, { category: null, message: "second" });
    await wire.send(["/system/identity/print", ".tag=1"], ["/system/identity/print", ".tag=2"]);
    await until(() => wire.replies.length === 5);
    assert.deepEqual(wire.replies.map(([type, tag]) => `${type} ${tag}`), [
      "!trap .tag=1",
      "!trap .tag=1",
      "!done .tag=1",
      "!re .tag=2",
      "!done .tag=2",
    ]);
  });
});

Deno.test("a board without a battery is in 1970 after a reboot, in the dates of its version", async () => {
  for (const [version, date] of [["6.49.10", "jan/01/1970"], ["7.16", "1970-01-01"]] as const) {
    await withSim({ version }, async (sim, dial) => {
      sim.reboot({ clockAt1970: true });
      const wire = await login(dial);
      await wire.send(["/system/clock/print"]);
      await until(() => wire.replies.length === 2);
      assert.ok(wire.replies[0]?.includes(`=date=${date}`), version);
    });
  }
});

Deno.test("a busy board answers a burst at once and then at its own rate", async () => {
  await withSim({}, async (sim, dial) => {
    const wire = await login(dial);
    sim.slowAfterBurst({ commands: 3, slowMs: 20 });
    const start = performance.now();
    await wire.send(...Array.from({ length: 8 }, (_, i) => ["/system/identity/print", `.tag=${i}`]));
    await until(() => wire.replies.filter(([type]) => type === "!done").length === 8);
    assert.ok(performance.now() - start >= 95, "five commands wait 20 ms each");
  });
});

Deno.test("max-sessions of the api service limits connections from 7.16, as it is set", async () => {
  await withSim({ version: "7.16" }, async (sim, dial) => {
    const first = await login(dial);
    await first.send(["/ip/service/set", "=numbers=api", "=max-sessions=2"]);
    await until(() => first.replies.length === 1);
    await login(dial);
    const third = await dial();
    await until(() => third.isClosed);
    assert.equal(sim.connectionCount, 2);
  });
  await withSim({ version: "7.15" }, async (sim, dial) => {
    for (let i = 0; i < 21; i++) await login(dial);
    assert.equal(sim.connectionCount, 21);
  });
});

Deno.test("a session is a row of /user/active while it lasts, and whoever removes the row ends it", async () => {
  for (const [version, verb] of [["7.19", "request-logout"], ["7.20", "remove"]] as const) {
    await withSim({ version }, async (sim, dial) => {
      const first = await login(dial);
      await login(dial);
      await first.send(["/user/active/print", "=.proplist=.id,via"]);
      await until(() => first.replies.length === 3);
      const second = await login(dial);
      assert.equal(sim.world.userActive.size, 3);
      const id = sim.world.userActive.rows()[2]?.[".id"];
      await first.send([`/user/active/${verb}`, `=numbers=${id}`]);
      await until(() => second.isClosed);
      assert.equal(sim.world.userActive.size, 2);
    });
  }
});

Deno.test("a listen tells of a removed row and ends by cancel in the captured order", async () => {
  await withSim({}, async (sim, dial) => {
    const wire = await login(dial);
    await wire.send(["/ppp/profile/listen", ".tag=10"]);
    await until(() => sim.log.some(({ words }) => words[0] === "/ppp/profile/listen"));
    const expired = sim.world.profiles.named("expired")[0]?.[".id"] ?? "";
    sim.world.profiles.remove(expired);
    await wire.send(["/cancel", "=tag=10", ".tag=20"]);
    await until(() => wire.replies.length === 4);
    assert.deepEqual(wire.replies, [
      ["!re", ".tag=10", `=.id=${expired}`, "=.dead=true"],
      ["!trap", ".tag=10", "=category=2", "=message=interrupted"],
      ["!done", ".tag=20"],
      ["!done", ".tag=10"],
    ]);
  });
});

Deno.test("a ping without a count goes on until it is cancelled", async () => {
  await withSim({}, async (sim, dial) => {
    const wire = await login(dial);
    await wire.send(["/ping", "=address=8.8.8.8", "=interval=5ms", ".tag=1"]);
    await until(() => wire.replies.length >= 3);
    await wire.send(["/cancel", "=tag=1", ".tag=2"]);
    await until(() => wire.replies.at(-1)?.join(" ") === "!done .tag=1");
    assert.equal(sim.counters.inFlight, 0);
  });
});

Deno.test("the address filter and the switch of the api service turn connections away, as does a user's own filter", async () => {
  await withSim({ version: "7.16" }, async (sim, dial) => {
    const [api] = sim.world.services.named("api");
    const id = api?.[".id"] ?? "";
    const isTurnedAway = async (values: Record<string, string>) => {
      sim.world.services.update(id, values);
      const wire = await dial();
      await wire.send(LOGIN).catch(() => undefined);
      await until(() => wire.isClosed || wire.replies.length === 1);
      return wire.isClosed;
    };
    assert.equal(await isTurnedAway({ address: "10.0.0.0/8" }), true);
    assert.equal(await isTurnedAway({ address: "10.0.0.0/8,127.0.0.0/8" }), false);
    assert.equal(await isTurnedAway({ disabled: "true" }), true);
    sim.world.services.update(id, { disabled: "false" });
    sim.world.userTable.update("*1", { address: "192.168.0.0/16" });
    const wire = await dial();
    await wire.send(LOGIN);
    await until(() => wire.replies.length === 2);
    assert.deepEqual(wire.replies[0], ["!trap", "=message=invalid user name or password (6)"]);
  });
});

Deno.test("a listen tells of the rows that it asks about, and of a password only to who may read it", async () => {
  const users = [
    { name: "admin", password: "admin", group: "full" },
    { name: "ana", password: "ana", group: "api,read" },
  ];
  await withSim({ users }, async (sim, dial) => {
    const wire = await dial();
    await wire.send(
      ["/login", "=name=ana", "=password=ana"],
      ["/ppp/secret/listen", "?name=juan", ".tag=1"],
      ["/system/identity/print", ".tag=2"],
    );
    await until(() => wire.replies.some((words) => words[0] === "!done" && words.includes(".tag=2")));
    for (const name of ["ana", "juan"]) sim.world.secrets.insert({ name, password: "topsecret" });
    await until(() => wire.replies.some((words) => words.includes("=name=juan")));
    const told = wire.replies.filter((words) => words[0] === "!re" && words.includes(".tag=1"));
    assert.deepEqual(told, [["!re", ".tag=1", "=.id=*2", "=name=juan"]]);
  });
});

Deno.test("the log tells of logins, and of those that were refused", async () => {
  await withSim({}, async (sim, dial) => {
    const wire = await dial();
    await wire.send(["/login", "=name=bo", "=password=x"], ["/login", "=name=admin", "=password=admin"]);
    await until(() => wire.replies.length >= 3);
    const lines = sim.world.log.rows().map(({ topics, message }) => `${topics}: ${message}`);
    assert.deepEqual(lines, [
      "system,error,critical: login failure for user bo from 127.0.0.1 via api",
      "system,info,account: user admin logged in from 127.0.0.1 via api",
    ]);
  });
});
