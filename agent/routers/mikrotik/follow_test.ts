import assert from "node:assert/strict";
import { TrapError } from "@/shared/routeros/mod.ts";
import { startRouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { FakeRouter } from "./fake_router_test_support.ts";
import { followMenu } from "./follow.ts";
import { RouterOsSession } from "./session.ts";

function login(port: number) {
  return { host: "127.0.0.1", port, user: "admin", password: "admin" };
}

Deno.test("a followed menu is printed again after every reconnect, and changes go on", async () => {
  const sim = startRouterOsSim();
  const controller = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    const options = {
      connect: () => RouterOsSession.connect(login(sim.port)),
      signal: controller.signal,
      proplist: [".id", "name"],
      retryMs: { first: 5, longest: 20 },
    };
    for await (const followed of followMenu("/ppp/active", options)) {
      if (followed.kind === "state") seen.push(`state ${followed.rows.map((row) => row["name"]).join(",")}`);
      else seen.push(followed.isRemoved ? "gone" : `now ${followed.row["name"]}`);
    }
  })();
  await until(() => seen.length === 1);
  const row = sim.world.openSession("ana", "02:00:00:00:00:05");
  await until(() => seen.length === 2);
  await sim.unplug();
  sim.world.openSession("ben", "02:00:00:00:00:06");
  sim.plug();
  await until(() => seen.length === 3);
  sim.world.endSession(row[".id"] ?? "", "peer-request");
  await until(() => seen.length === 4);
  assert.deepEqual(seen, ["state ", "now ana", "state ana,ben", "gone"]);
  controller.abort();
  await following;
  await until(() => sim.connectionCount === 0);
  await sim.close();
});

Deno.test("more changes than may wait for a reader do not hold the print of the state back", async () => {
  const router = new FakeRouter();
  const connect = () =>
    RouterOsSession.connect({ host: "fake", user: "u", password: "p", transport: router.transport });
  const controller = new AbortController();
  const following = followMenu("/ppp/active", { connect, signal: controller.signal });
  const state = following.next();
  await until(() => router.count("/ppp/active/print") === 1);
  for (let i = 0; i < 3_000; i++) {
    router.reply("!re", `.tag=${router.tagOf("/ppp/active/listen")}`, `=n=${i}`);
  }
  router.reply("!done", `.tag=${router.tagOf("/ppp/active/print")}`);
  assert.deepEqual(await state, { value: { kind: "state", rows: [] }, done: false });
  for (let i = 0; i < 3_000; i++) {
    const { value } = await following.next();
    assert.deepEqual(value, { kind: "change", row: { n: String(i) }, isRemoved: false });
  }
  controller.abort();
  assert.equal((await following.next()).done, true);
});

Deno.test("a menu that the router refuses to tell ends the following with its words", async () => {
  const sim = startRouterOsSim({ users: [{ name: "admin", password: "admin", group: "api" }] });
  const following = followMenu("/ppp/active", {
    connect: () => RouterOsSession.connect(login(sim.port)),
    signal: new AbortController().signal,
  });
  await assert.rejects(
    following.next(),
    (error) => error instanceof TrapError && error.kind === "Permission",
  );
  await until(() => sim.connectionCount === 0);
  await sim.close();
});
