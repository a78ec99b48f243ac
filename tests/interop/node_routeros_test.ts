import assert from "node:assert/strict";
import { RouterOSAPI } from "node-routeros";
import { type RouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { outcome, secret, withSim } from "./support.ts";

// A client that we did not write decides whether the simulator speaks RouterOS. It knows nothing of !empty, hence 6.49.

async function withNodeRouterOs(body: (api: RouterOSAPI, sim: RouterOsSim) => Promise<void>): Promise<void> {
  const secrets = [secret("juan", { comment: "Purok 1" }), secret("ana", { disabled: true })];
  await withSim({ version: "6.49.10", secrets, redialMs: 10 }, async (sim) => {
    const api = new RouterOSAPI({
      host: sim.host,
      port: sim.port,
      user: "admin",
      password: "admin",
      timeout: 5,
    });
    await api.connect();
    try {
      await body(api, sim);
    } finally {
      await api.close();
    }
  });
}

Deno.test("node-routeros logs in, prints and queries", async () => {
  await withNodeRouterOs(async (api) => {
    const [resource] = await api.write("/system/resource/print");
    assert.equal(resource?.version, "6.49.10 (stable)");
    const all = await api.write("/ppp/secret/print");
    assert.deepEqual(all.map((row) => row.name), ["juan", "ana"]);
    const some = await api.write(["/ppp/secret/print", "?disabled=true", "=.proplist=.id,name"]);
    assert.deepEqual(some, [{ ".id": "*2", name: "ana" }]);
    assert.deepEqual(await api.write("/ppp/secret/print", ["?name=nobody"]), []);
  });
});

Deno.test("node-routeros adds, sets, disables and removes", async () => {
  await withNodeRouterOs(async (api, sim) => {
    const [added] = await api.write("/ppp/secret/add", ["=name=new", "=service=pppoe", "=profile=fiber-50"]);
    assert.equal(added?.ret, "*3");
    await api.write("/ppp/secret/set", ["=.id=*3", "=disabled=yes"]);
    assert.equal(sim.isDisabled("new"), true);
    await api.write("/ppp/secret/enable", ["=numbers=*2,*3"]);
    assert.equal(sim.isDisabled("ana"), false);
    await api.write("/ppp/secret/remove", ["=.id=*3"]);
    assert.equal(sim.isDisabled("new"), null);
  });
});

Deno.test("node-routeros gets traps as errors with the router's text", async () => {
  await withNodeRouterOs(async (api) => {
    const cases: [string, string[], RegExp][] = [
      ["/ppp/secret/add", ["=name=juan"], /secret with the same name already exists/],
      ["/ppp/secret/set", ["=.id=*99", "=disabled=yes"], /no such item/],
      ["/ppp/secret/set", ["=.id=*1", "=profile=gold"], /input does not match any value of profile/],
    ];
    for (const [command, words, text] of cases) {
      const error = await outcome(api.write(command, words));
      assert.ok(error instanceof Error);
      assert.match(error.message, text);
    }
  });
});

Deno.test("node-routeros listens to sessions, kicks one, and sees it dial in again", async () => {
  await withNodeRouterOs(async (api, sim) => {
    const seen: Record<string, string>[] = [];
    const stream = api.stream(["/ppp/active/listen"], (error: Error | null, row: Record<string, string>) => {
      if (error === null) seen.push(row);
    });
    await until(() => sim.log.some(({ words }) => words[0] === "/ppp/active/listen"));
    const [active] = await api.write("/ppp/active/print", ["?name=juan"]);
    await api.write("/ppp/active/remove", [`=.id=${active?.[".id"]}`]);
    await until(() => sim.sessionsOf("juan") === 1);
    await until(() => seen.some((row) => row["name"] === "juan"));
    assert.equal(seen[0]?.[".dead"], "true");
    await stream.stop();
  });
});

Deno.test("node-routeros is refused with a wrong password", async () => {
  await withSim({ version: "6.49.10" }, async (sim) => {
    const api = new RouterOSAPI({
      host: sim.host,
      port: sim.port,
      user: "admin",
      password: "wrong",
      timeout: 5,
    });
    const error = await outcome(api.connect());
    assert.ok(error instanceof Error);
    assert.match(error.message, /invalid user name or password|CANTLOGIN|Username or password is invalid/i);
    assert.equal(sim.counters.failedLogins, 1);
  });
});
