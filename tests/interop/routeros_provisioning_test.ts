import assert from "node:assert/strict";
import { ClosedError, TrapError } from "@/shared/routeros/mod.ts";
import { connectRouter } from "@/agent/routers/mikrotik/mod.ts";
import { codePageText, generateSecrets, type RouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { login, outcome, secret, withRouter, withSim } from "./support.ts";

function commands(sim: RouterOsSim, word: string): string[][] {
  return sim.log.map((entry) => entry.words).filter((words) => words[0] === word);
}

Deno.test("a router tells who it is", async () => {
  const options = {
    identity: "Tanay",
    serialNumber: "HE108ABC",
    softwareId: "ABCD-1234",
    version: "6.49.10",
  };
  await withRouter(options, async (router) => {
    const { uptimeSeconds, ...identity } = await router.identity();
    assert.ok(uptimeSeconds >= 0);
    assert.deepEqual(identity, {
      identity: "Tanay",
      version: "6.49.10 (stable)",
      serialNumber: "HE108ABC",
      softwareId: "ABCD-1234",
      boardName: "RB4011iGS+",
    });
  });
});

Deno.test("a router without a board is told by its system id", async () => {
  await withRouter(
    { routerboard: false, softwareId: "sys-1", boardName: "CHR", version: "7.16" },
    async (router) => {
      const identity = await router.identity();
      assert.equal(identity.serialNumber, null);
      assert.equal(identity.softwareId, "sys-1");
    },
  );
});

Deno.test("secrets are listed without ever asking for a password", async () => {
  const secrets = [secret("juan", { comment: "Juan / 0917", disabled: true }), secret("niño")];
  await withRouter({ secrets }, async (router, sim) => {
    const [juan, niño] = await router.listSecrets({ full: true });
    assert.deepEqual(juan, {
      id: "*1",
      name: "juan",
      profile: "fiber-25",
      disabled: true,
      service: "pppoe",
      comment: "Juan / 0917",
      callerId: null,
      remoteAddress: null,
      lastLoggedOut: null,
    });
    assert.equal(niño?.name, "niño");
    assert.equal((await router.listSecrets())[0]?.comment, null);
    for (const words of commands(sim, "/ppp/secret/print")) {
      const proplist = words.find((word) => word.startsWith("=.proplist="));
      assert.ok(proplist !== undefined && !proplist.includes("password"));
    }
  });
});

Deno.test("a last log-out is the same in the dates of 6.49 and of 7.10", async () => {
  for (const version of ["6.49.10", "7.10"]) {
    await withRouter({ version, secrets: [secret("juan")], redialMs: 60_000 }, async (router) => {
      await router.kick(["juan"]);
      const [juan] = await router.listSecrets({ full: true });
      assert.match(juan?.lastLoggedOut ?? "", /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    });
  }
});

Deno.test("disabling leaves the session up; the kick ends it and it does not come back", async () => {
  await withRouter({ secrets: [secret("juan"), secret("ana")], redialMs: 5 }, async (router, sim) => {
    assert.deepEqual(await router.setDisabled(["juan"], true), {
      changed: ["juan"],
      unchanged: [],
      missing: [],
    });
    assert.equal(sim.sessionsOf("juan"), 1);
    assert.deepEqual(await router.kick(["juan"]), { kicked: 1 });
    assert.equal(sim.sessionsOf("juan"), 0);
    assert.equal(sim.sessionsOf("ana"), 1);
  });
});

Deno.test("a session that slips in after the kick is kicked again while the secret is disabled", async () => {
  await withRouter({ secrets: [secret("juan")] }, async (router, sim) => {
    await router.setDisabled(["juan"], true);
    const kicking = router.kick(["juan"]);
    await until(() => sim.sessionsOf("juan") === 0, { everyMs: 2 });
    sim.world.openSession("juan", "02:00:00:00:00:01");
    assert.deepEqual(await kicking, { kicked: 2 });
    assert.equal(sim.sessionsOf("juan"), 0);
  }, { recheckMs: 200 });
});

Deno.test("a kick looks a bounded number of times", async () => {
  await withRouter({ secrets: [secret("juan")] }, async (router, sim) => {
    await router.setDisabled(["juan"], true);
    sim.world.active.listen((row, removed) => {
      if (removed) sim.world.openSession(row["name"] ?? "", "02:00:00:00:00:01");
    });
    assert.deepEqual(await router.kick(["juan"]), { kicked: 3 });
  });
});

Deno.test("who is enabled keeps the session that comes after the kick", async () => {
  await withRouter({ secrets: [secret("juan")], redialMs: 1 }, async (router, sim) => {
    assert.deepEqual(await router.kick(["juan"]), { kicked: 1 });
    await until(() => sim.sessionsOf("juan") === 1);
    assert.equal(commands(sim, "/ppp/active/remove").length, 1);
  });
});

Deno.test("every session of a name is ended", async () => {
  await withRouter({ secrets: [secret("juan"), secret("ana")] }, async (router, sim) => {
    sim.world.openSession("juan", "02:00:00:00:00:09");
    await router.setDisabled(["juan"], true);
    assert.deepEqual(await router.kick(["juan"]), { kicked: 2 });
    assert.equal(sim.sessionsOf("ana"), 1);
  });
});

Deno.test("a session that ended by itself counts as kicked: a stale id is no error", async () => {
  await withRouter({ secrets: [secret("juan"), secret("ana")] }, async (router, sim) => {
    await router.setDisabled(["juan", "ana"], true);
    sim.setLatency(60);
    const kicking = router.kick(["juan", "ana"]);
    await until(() => commands(sim, "/ppp/active/remove").length === 1, { everyMs: 2 });
    sim.world.endSession(sim.world.active.named("juan")[0]?.[".id"] ?? "", "peer-request");
    assert.deepEqual(await kicking, { kicked: 1 });
    assert.equal(sim.sessionsOf("ana"), 0);
  });
});

Deno.test("restoring brings the subscriber back online", async () => {
  await withRouter({ secrets: [secret("juan", { disabled: true })], redialMs: 1 }, async (router, sim) => {
    assert.equal(sim.sessionsOf("juan"), 0);
    await router.setDisabled(["juan"], false);
    await until(() => sim.sessionsOf("juan") === 1);
  });
});

Deno.test("nothing is written when nothing differs, and unknown names are told", async () => {
  await withRouter({ secrets: [secret("juan", { disabled: true })] }, async (router, sim) => {
    const result = await router.setDisabled(["juan", "nobody", "juan"], true);
    assert.deepEqual(result, { changed: [], unchanged: ["juan"], missing: ["nobody"] });
    assert.equal(await router.setProfile("juan", "fiber-25"), "unchanged");
    assert.equal(await router.setProfile("nobody", "fiber-25"), "missing");
    assert.equal(sim.counters.writes, 0);
    const before = sim.counters.commands;
    assert.deepEqual(await router.setDisabled([], true), { changed: [], unchanged: [], missing: [] });
    assert.equal(sim.counters.commands, before);
  });
});

Deno.test("many names go in a few sentences, and no other name is touched", async () => {
  const secrets = generateSecrets(300, 7).map((one) => ({ ...one, disabled: false }));
  await withRouter({ secrets, redialMs: 60_000 }, async (router, sim) => {
    const names = secrets.slice(0, 250).map((one) => one.name);
    const result = await router.setDisabled(names, true);
    assert.deepEqual(result.changed, names);
    assert.equal(sim.counters.writes, 3);
    for (const { name } of secrets) assert.equal(sim.isDisabled(name), names.includes(name), name);
  });
});

Deno.test("when the router refuses a batch, each of its rows is tried", async () => {
  await withRouter({ secrets: [secret("juan"), secret("ana"), secret("jo")] }, async (router, sim) => {
    sim.setLatency(60);
    const setting = router.setDisabled(["juan", "ana", "jo"], true);
    await until(() => commands(sim, "/ppp/secret/set").length === 1, { everyMs: 2 });
    sim.world.secrets.remove("*2");
    assert.deepEqual(await setting, { changed: ["juan", "jo"], unchanged: [], missing: ["ana"] });
  });
});

Deno.test("a profile is changed and read back; an unknown one is a bad value", async () => {
  await withRouter({ secrets: [secret("juan")] }, async (router, sim) => {
    assert.equal(await router.setProfile("juan", "expired"), "changed");
    assert.equal(sim.world.secrets.named("juan")[0]?.["profile"], "expired");
    const error = await outcome(router.setProfile("juan", "gold"));
    assert.ok(error instanceof TrapError);
    assert.equal(error.kind, "BadValue");
  });
});

Deno.test("names that the router holds in windows-1252 are found and changed, and stay as they are", async () => {
  await withRouter({ secrets: [secret("niño"), secret("juan")] }, async (router, sim) => {
    sim.cp1252(true);
    const listed = await router.listSecrets();
    const name = codePageText("niño");
    assert.deepEqual(listed.map((row) => row.name), [name, "juan"]);
    assert.deepEqual((await router.setDisabled([name], true)).changed, [name]);
    assert.equal(sim.isDisabled("niño"), true);
    assert.equal(sim.isDisabled("juan"), false);
  });
});

Deno.test("a user who may only read gets a permission error and nothing changes", async () => {
  await withSim({
    secrets: [secret("juan")],
    users: [{ name: "admin", password: "admin", group: "api,read" }],
  }, async (sim) => {
    const router = await connectRouter(login(sim));
    const error = await outcome(router.setDisabled(["juan"], true));
    assert.ok(error instanceof TrapError);
    assert.equal(error.kind, "Permission");
    assert.equal(sim.isDisabled("juan"), false);
    await router.close();
  });
});

Deno.test("a write whose answer was lost is found done when read again", async () => {
  await withSim({ secrets: [secret("juan")] }, async (sim) => {
    const router = await connectRouter(login(sim));
    sim.setLatency(60);
    const setting = outcome(router.setDisabled(["juan"], true));
    await until(() => commands(sim, "/ppp/secret/set").length === 1, { everyMs: 2 });
    sim.closeWithoutReply();
    const error = await setting;
    assert.ok(error instanceof ClosedError && error.sentButUnconfirmed);
    sim.setLatency(0);
    const again = await connectRouter(login(sim));
    assert.deepEqual(await again.setDisabled(["juan"], true), {
      changed: [],
      unchanged: ["juan"],
      missing: [],
    });
    assert.equal(sim.counters.writes, 1);
    await again.close();
  });
});

Deno.test("a restore overtakes a cut run that waits for the write rate", async () => {
  const cuts = Array.from({ length: 8 }, (_, i) => secret(`cut${i}`));
  const slow = { batchSize: 1, writeRate: { perSecond: 5, burst: 3 } };
  await withRouter({ secrets: [...cuts, secret("juan", { disabled: true })] }, async (router, sim) => {
    const cutting = Promise.all(cuts.map((one) => router.setDisabled([one.name], true)));
    await until(() => commands(sim, "/ppp/secret/set").length >= 3, { everyMs: 2 });
    await router.setDisabled(["juan"], false);
    await cutting;
    const order = commands(sim, "/ppp/secret/set").map((words) => words.includes("=disabled=yes"));
    assert.ok(
      order.indexOf(false) < 6,
      `the restore was write ${order.indexOf(false) + 1} of ${order.length}`,
    );
  }, slow);
});
