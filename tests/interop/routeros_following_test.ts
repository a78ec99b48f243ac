import assert from "node:assert/strict";
import { eq, parseCounter, type Row, TrapError } from "@/shared/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { outcome, secret, withSession } from "./support.ts";

// What appears and disappears by itself on a router, and how it is followed.

/** Takes rows until there are so many; leaves the rest. */
async function take(rows: AsyncIterableIterator<Row>, count: number): Promise<Row[]> {
  const taken: Row[] = [];
  for await (const row of rows) if (taken.push(row) === count) break;
  return taken;
}

Deno.test("print follow gives the rows and then what comes, follow-only only what comes", async () => {
  await withSession({ secrets: [secret("juan", { dialing: true })] }, async (session, sim) => {
    const all = take(session.stream("/ppp/active/print", { follow: "" }, { proplist: ["name"] }), 2);
    const later = take(session.stream("/ppp/active/print", { "follow-only": "" }, { proplist: ["name"] }), 1);
    await until(() => sim.counters.inFlight === 2);
    sim.world.openSession("ana", "02:00:00:00:00:05");
    assert.deepEqual(await all, [{ name: "juan" }, { name: "ana" }]);
    assert.deepEqual(await later, [{ name: "ana" }]);
    await until(() => sim.counters.inFlight === 0);
    assert.ok(session.isOpen);
  });
});

Deno.test("print interval gives the rows again and again until it is cancelled", async () => {
  await withSession({}, async (session, sim) => {
    const names = await take(session.stream("/system/identity/print", { interval: "20ms" }), 3);
    assert.deepEqual(names, Array(3).fill({ name: "MikroTik" }));
    await until(() => sim.counters.inFlight === 0);
    const refused = await outcome(session.call("/system/identity/print", { interval: "soon" }));
    assert.ok(refused instanceof TrapError && refused.kind === "BadValue", String(refused));
  });
});

Deno.test("follow-strict is gone from 7.16, and follows before", async () => {
  await withSession({ version: "7.16" }, async (session) => {
    const refused = await outcome(session.call("/ppp/active/print", { "follow-strict": "" }));
    assert.ok(refused instanceof TrapError && refused.kind === "UnknownParameter", String(refused));
  });
  await withSession({ version: "7.15", secrets: [secret("juan")] }, async (session) => {
    const rows = await take(session.stream("/ppp/active/print", { "follow-strict": "" }), 1);
    assert.equal(rows[0]?.["name"], "juan");
  });
});

Deno.test("the queue and the address list entry of a profile come and go with the session", async () => {
  const profiles = [{ name: "fiber-25", rateLimit: "25M/50M 30M/60M 20M/40M 10/20 8 5M/5M" }, {
    name: "expired",
    rateLimit: "128k",
  }];
  await withSession({ profiles, secrets: [secret("juan")], redialMs: 10 }, async (session, sim) => {
    const queue = async () => (await session.call("/queue/simple/print")).rows[0];
    const first = await queue();
    assert.equal(first?.["name"], "<pppoe-juan>");
    assert.equal(first?.["dynamic"], "true");
    const limits = ["max-limit", "burst-limit", "burst-threshold", "burst-time", "limit-at"];
    assert.deepEqual(limits.map((name) => first?.[name]), [
      "25000000/50000000",
      "30000000/60000000",
      "20000000/40000000",
      "10s/20s",
      "5000000/5000000",
    ]);
    await session.call("/ppp/profile/set", { numbers: "expired", "address-list": "unpaid" });
    await session.call("/ppp/secret/set", { numbers: "juan", profile: "expired" });
    assert.equal((await queue())?.["max-limit"], "25000000/50000000", "a session keeps what it came with");
    assert.deepEqual((await session.call("/ip/firewall/address-list/print")).rows, []);
    const [active] = (await session.call("/ppp/active/print")).rows;
    await session.call("/ppp/active/remove", { numbers: active?.[".id"] ?? "" });
    assert.equal(await queue(), undefined);
    await until(() => sim.sessionsOf("juan") === 1);
    assert.equal((await queue())?.["max-limit"], "128000/128000");
    const [entry] = (await session.call("/ip/firewall/address-list/print")).rows;
    const [address] = (await session.call("/ppp/active/print")).rows;
    assert.deepEqual([entry?.["list"], entry?.["address"], entry?.["dynamic"]], [
      "unpaid",
      address?.["address"],
      "true",
    ]);
  });
});

Deno.test("counters of a session have 64 bits, and begin again with the next session", async () => {
  await withSession({ secrets: [secret("juan")], redialMs: 10 }, async (session, sim) => {
    const query = eq("name", "<pppoe-juan>");
    const read = async () => {
      const { rows } = await session.call("/interface/print", {}, { query });
      return { up: parseCounter(rows[0]?.["rx-byte"]) ?? 0n, down: parseCounter(rows[0]?.["tx-byte"]) ?? 0n };
    };
    const large = 2n ** 53n + 1n;
    sim.world.addTraffic("juan", { upload: large, download: 2n ** 64n - 2_000_000_000n });
    const { up, down } = await read();
    assert.ok(up >= large && up < large + 10_000_000n, `${up}`);
    assert.ok(down > 2n ** 63n, `${down}`);
    const [active] = (await session.call("/ppp/active/print")).rows;
    await session.call("/ppp/active/remove", { numbers: active?.[".id"] ?? "" });
    await until(() => sim.sessionsOf("juan") === 1);
    assert.ok((await read()).up < 10_000_000n);
  });
});

Deno.test("rules keep the order that they are put in, whoever moves them", async () => {
  await withSession({ version: "7.18" }, async (session) => {
    const menu = "/ip/firewall/nat";
    const add = async (comment: string, more: Record<string, string> = {}) =>
      (await session.call(`${menu}/add`, { chain: "dstnat", action: "accept", comment, ...more })).ret ?? "";
    const order = async () => {
      const { rows } = await session.call(`${menu}/print`, {}, { proplist: ["comment"] });
      return rows.map((row) => row["comment"]).join(" ");
    };
    const last = await add("last");
    await add("first", { "place-before": last });
    const middle = await add("middle", { "place-before": last });
    assert.equal(await order(), "first middle last");
    await session.call(`${menu}/move`, { numbers: middle });
    assert.equal(await order(), "first last middle");
    await session.call(`${menu}/move`, { numbers: `${middle},${last}`, destination: "*2" });
    assert.equal(await order(), "middle last first");
    const refused = await outcome(add("nowhere", { "place-before": "*99" }));
    assert.ok(refused instanceof TrapError && refused.kind === "NoSuchItem");
    assert.equal(await order(), "middle last first", "a refused add leaves nothing behind");
  });
});
