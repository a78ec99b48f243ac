import assert from "node:assert/strict";
import { RouterOSClient } from "routeros-client";
import { type RouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { outcome, secret, withSim } from "./support.ts";

// The second client that we did not write, which reads a row back after each write. It knows nothing of !empty: 6.49.

type Menu = ReturnType<Awaited<ReturnType<RouterOSClient["connect"]>>["menu"]>;

async function withClient(
  body: (menu: (path: string) => Menu, sim: RouterOsSim) => Promise<void>,
): Promise<void> {
  const secrets = [secret("juan", { comment: "Purok 1" }), secret("ana", { disabled: true })];
  await withSim({ version: "6.49.10", secrets, redialMs: 10 }, async (sim) => {
    const api = new RouterOSClient({
      host: sim.host,
      port: sim.port,
      user: "admin",
      password: "admin",
      timeout: 5,
    });
    const client = await api.connect();
    try {
      await body((path) => client.menu(path), sim);
    } finally {
      await api.close();
    }
  });
}

Deno.test("routeros-client prints, and finds by a value", async () => {
  await withClient(async (menu) => {
    const rows: Record<string, unknown>[] = await menu("/ppp secret").get();
    assert.deepEqual(rows.map((row) => [row["id"], row["name"], row["disabled"]]), [
      ["*1", "juan", false],
      ["*2", "ana", true],
    ]);
    assert.equal(rows[0]?.["comment"], "Purok 1");
    const [found] = await menu("/ppp secret").where("name", "ana").get();
    assert.equal(found?.["id"], "*2");
    assert.deepEqual(await menu("/ppp secret").where("name", "nobody").get(), []);
  });
});

Deno.test("routeros-client adds, sets, disables and removes, and reads each back", async () => {
  await withClient(async (menu, sim) => {
    const secrets = () => menu("/ppp secret");
    const added = await secrets().add({ name: "new", service: "pppoe", profile: "fiber-50" });
    assert.deepEqual([added["id"], added["profile"]], ["*3", "fiber-50"]);
    const changed = await secrets().where("name", "new").set({ profile: "fiber-25", disabled: true });
    assert.deepEqual([changed["profile"], changed["disabled"]], ["fiber-25", true]);
    assert.equal(sim.isDisabled("new"), true);
    await secrets().where("name", "new").enable();
    assert.equal(sim.isDisabled("new"), false);
    await secrets().where("name", "new").remove();
    assert.equal(sim.isDisabled("new"), null);
  });
});

Deno.test("routeros-client gets traps as errors with the router's text", async () => {
  await withClient(async (menu) => {
    const cases: [Record<string, string>, RegExp][] = [
      [{ name: "juan" }, /secret with the same name already exists/],
      [{ name: "new", profile: "gold" }, /input does not match any value of profile/],
      [{ profile: "fiber-25" }, /missing value\(s\) of argument\(s\) name/],
    ];
    for (const [values, text] of cases) {
      const error = await outcome(menu("/ppp secret").add(values));
      assert.ok(error instanceof Error, JSON.stringify(error));
      assert.match(error.message, text);
    }
  });
});

Deno.test("routeros-client listens to sessions that come and go", async () => {
  await withClient(async (menu, sim) => {
    const seen: Record<string, unknown>[] = [];
    const stream = menu("/ppp active").stream(
      "listen",
      (error: Error | null, row: Record<string, unknown>) => {
        if (error === null) seen.push(row);
      },
    );
    await until(() => sim.log.some(({ words }) => words[0] === "/ppp/active/listen"));
    const row = sim.world.openSession("ana", "02:00:00:00:00:05");
    sim.world.endSession(row[".id"] ?? "", "peer-request");
    await until(() => seen.length === 2);
    assert.equal(seen[0]?.["name"], "ana");
    assert.equal(seen[1]?.["id"], row[".id"]);
    await stream.stop();
    await until(() => sim.counters.inFlight === 0);
  });
});
