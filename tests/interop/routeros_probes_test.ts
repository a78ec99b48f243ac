import assert from "node:assert/strict";
import { FakeRouter } from "@/agent/routers/mikrotik/fake_router_test_support.ts";
import { findMenu, ping, readClock, RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { TrapError } from "@/shared/routeros/mod.ts";
import { outcome, withSession } from "./support.ts";

/** A session with a router that has these commands and no others; each answers with this row. */
async function sessionWith(
  commands: readonly string[],
  row: readonly string[] = [],
): Promise<RouterOsSession> {
  const router = new FakeRouter(([command = ""], self) => {
    if (command === "/login") return self.reply("!done");
    if (command === "/quit") return self.end();
    const tag = `.tag=${self.tagOf(command)}`;
    if (commands.includes(command)) self.reply("!re", tag, ...row);
    else self.reply("!trap", tag, "=category=0", "=message=no such command prefix");
    self.reply("!done", tag);
  });
  return await RouterOsSession.connect({
    host: "fake",
    user: "u",
    password: "p",
    transport: router.transport,
  });
}

const RADIOS = ["/interface/wifi", "/interface/wifiwave2", "/interface/wireless"];

for (const menu of RADIOS) {
  Deno.test(`radios are found in ${menu} where the router has them there`, async () => {
    const session = await sessionWith([`${menu}/print`]);
    assert.equal(await findMenu(session, RADIOS), menu);
    await session.close();
  });
}

Deno.test("a menu that no package brings is none, and a refusal is no answer to that question", async () => {
  await withSession({ routerboard: false }, async (session) => {
    assert.equal(await findMenu(session, RADIOS), null);
    assert.equal(await findMenu(session, ["/system/routerboard", "/system/license"]), "/system/license");
  });
  await withSession({ users: [{ name: "admin", password: "admin", group: "api" }] }, async (session) => {
    const error = await outcome(findMenu(session, ["/ppp/secret"]));
    assert.ok(error instanceof TrapError && error.kind === "Permission");
  });
});

Deno.test("a ping goes by the short form, and by the long one where that is gone", async () => {
  for (const version of ["6.45", "7.23", "7.24"]) {
    await withSession({ version }, async (session, sim) => {
      const answers = await ping(session, "8.8.8.8", 2);
      assert.deepEqual(answers, Array(2).fill({ isAnswered: true, time: "2ms" }), version);
      assert.deepEqual(await ping(session, "192.0.2.1", 1), [{ isAnswered: false, time: null }]);
      assert.ok(sim.log.every(({ words }) => words[0] !== "/tool/ping"));
    });
  }
  const session = await sessionWith(["/tool/ping"], ["=seq=0", "=host=8.8.8.8", "=time=1ms"]);
  assert.deepEqual(await ping(session, "8.8.8.8", 1), [{ isAnswered: true, time: "1ms" }]);
  await session.close();
});

Deno.test("the clock of a router is a moment, whatever form its dates have, and one of 1970 is told", async () => {
  for (const version of ["6.49.10", "7.9", "7.10"]) {
    await withSession({ version }, async (session, sim) => {
      const now = Temporal.Now.instant();
      const clock = await readClock(session);
      assert.ok(clock.at !== null && Math.abs(clock.at.since(now).total("seconds")) < 2, version);
      assert.equal(clock.isUnset, false);
      sim.world.setClock(Temporal.PlainDateTime.from("1970-01-02T00:00:10"));
      assert.equal((await readClock(session)).isUnset, true, version);
    });
  }
  const session = await sessionWith(["/system/clock/print"], ["=date=never", "=time=00:00:00"]);
  assert.deepEqual(await readClock(session), { at: null, isUnset: false });
  await session.close();
});
