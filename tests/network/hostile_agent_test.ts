import assert from "node:assert/strict";
import { CLOSE, type ObservedSecret } from "@/shared/protocol/mod.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { listRouterCommands } from "@/web/store/network/commands.ts";
import { findRouter, type RouterRow } from "@/web/store/network/routers.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { assertOk } from "../support/expect.ts";
import { until } from "../support/until.ts";
import { AgentDouble } from "./agent_double.ts";
import { addConnection } from "./connections.ts";
import { HubWorld, MARIA, type Place } from "./hub_world.ts";

/** A hub with an agent that is enrolled and means harm. */
async function withHostile(
  work: (world: HubWorld, place: Place, agent: AgentDouble, lineage: string) => Promise<void>,
): Promise<void> {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  await addConnection(world, place, "ana");
  const agent = await world.connect(place);
  const { lineage } = await agent.next("state.snapshot");
  await work(world, place, agent, lineage);
  await agent.close();
}

function row(name: string, over: Partial<ObservedSecret> = {}): ObservedSecret {
  return {
    name,
    present: true,
    disabled: false,
    profile: "p",
    online: false,
    address: null,
    caller_id: null,
    uptime_seconds: null,
    drift: null,
    ...over,
  };
}

function report(place: Place, lineage: string, over: Record<string, unknown>) {
  return {
    t: "state.report" as const,
    router_id: place.routerId,
    lineage,
    applied_generation: 1n,
    report_id: crypto.randomUUID(),
    part: 1,
    parts: 1,
    complete: false,
    took_ms: 1,
    drift_count: 0,
    held_count: 0,
    secrets: [] as ObservedSecret[],
    ...over,
  };
}

const routerOf = (world: HubWorld, { tenantId, routerId }: Place): Promise<RouterRow | null> =>
  world.inTenant(tenantId, (trx) => findRouter(trx, routerId));

const needsOf = (world: HubWorld, { tenantId }: Place) =>
  world.inTenant(tenantId, async (trx) => {
    const now = world.clock.now();
    const today = now.toZonedDateTimeISO("Asia/Manila").toPlainDate();
    return (await listNeeds(trx, await getTenant(trx), { today, now })).map((need) => need.kind);
  });

const observedNames = (world: HubWorld, { tenantId }: Place) =>
  world.inTenant(
    tenantId,
    async (trx) =>
      (await trx.selectFrom("observed_secrets").select("ppp_name").execute()).map((r) => r.ppp_name),
  );

/** The link is alive: it answers, in its turn, what comes after. */
async function assertServed(agent: AgentDouble, place: Place, lineage: string): Promise<void> {
  const request_id = crypto.randomUUID();
  agent.send({
    t: "permit.request",
    router_id: place.routerId,
    lineage,
    request_id,
    generation: 1n,
    names: ["ana"],
  });
  await agent.next("permit.grant", (grant) => grant.request_id === request_id);
}

Deno.test("36,000 invented names are not kept, are shown at their router, and go with the next honest report", () =>
  withHostile(async (world, place, agent, lineage) => {
    for (let i = 0; i < 36; i++) {
      const secrets = Array.from({ length: 1_000 }, (_, k) => row(`invented-${i}-${k}`));
      agent.send(report(place, lineage, { secrets: [...secrets, row("ana", { online: true })] }));
      await until(() => agent.received.some((m) => m.t === "ack" && m.ack >= i + 1), {
        what: "the report's ack",
      });
    }
    assert.deepEqual(await observedNames(world, place), ["ana"]);
    const router = await routerOf(world, place);
    assert.deepEqual([router?.refused_code, router?.refused_about, router?.refused_count], [
      "unknown_names",
      "state.report",
      1_000,
    ]);
    assert.ok((await needsOf(world, place)).includes("router_refused"));
    await assertServed(agent, place, lineage);

    agent.send(report(place, lineage, { complete: true, secrets: [row("ana")] }));
    await until(async () => (await routerOf(world, place))?.refused_at === null, {
      what: "the note is gone",
    });
    assert.ok(!(await needsOf(world, place)).includes("router_refused"));
  }));

Deno.test("values out of bounds are refused by name at their router, and the rest of the site goes on", () =>
  withHostile(async (world, place, agent, lineage) => {
    const bad: [string, Record<string, unknown>][] = [
      ["secrets.0.name", { secrets: [row("x".repeat(129))] }],
      ["secrets.0.name", { secrets: [row("a\u0000b")] }],
      ["secrets.0.name", { secrets: [row("half \ud83d")] }],
      ["secrets.0.uptime_seconds", { secrets: [row("ana", { uptime_seconds: 1e300 })] }],
      ["took_ms", { took_ms: 9e15 }],
      ["took_ms", { took_ms: -1 }],
      ["drift_count", { drift_count: 2 ** 52 }],
      ["held_count", { held_count: 0.5 }],
      ["parts", { parts: 1e9 }],
    ];
    for (const [field, over] of bad) {
      await forget(world, place);
      const seq = agent.send(report(place, lineage, over) as never);
      assert.match((await agent.next("nack", (m) => m.of === seq)).message, new RegExp(`^${field}`));
      await until(async () => (await routerOf(world, place))?.refused_code === "out_of_bounds");
      assert.equal((await routerOf(world, place))?.refused_detail, field);
      world.skippedMs += 10_001;
    }
    assert.deepEqual(await observedNames(world, place), []);
    await assertServed(agent, place, lineage);
  }));

Deno.test("numbers that JSON cannot write, deep nests and huge frames cost a nack each", () =>
  withHostile(async (_world, place, agent, lineage) => {
    const text = JSON.stringify(report(place, lineage, { applied_generation: "1" })).slice(0, -1);
    let seq = 100;
    const raw = (fields: string) => agent.socket.send(`${text},"ack":0,"seq":${++seq},${fields}}`);
    raw('"took_ms":1e999');
    assert.match((await agent.next("nack", (m) => m.of === seq)).message, /^took_ms/);
    raw(`"secrets":${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    assert.match((await agent.next("nack", (m) => m.of === seq)).message, /levels/);
    raw(`"secrets":[${"{},".repeat(60_000)}{}]`);
    assert.match((await agent.next("nack", (m) => m.of === seq)).message, /rows/);
    raw('"part":NaN');
    await agent.next("nack", (m) => m.code === "not_json");
  }));

Deno.test("a version of 160,000 letters is no hello: the agent is sent away and its site says so", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  for (const over of [{ version: "1".repeat(160_000) }, { version: "0.1.0", boot_id: "b".repeat(65) }]) {
    const agent = await AgentDouble.open(world.port, place.agentId, place.keys);
    agent.hello(place.keys.installId, over);
    assert.equal(await agent.closed(), CLOSE.protocol);
  }
  const [site] = await world.inTenant(place.tenantId, (trx) => listSiteOverview(trx));
  assert.deepEqual([site?.refused_code, site?.refused_detail], ["bad_hello", "boot_id"]);
  assert.equal(site?.agent_version, "0.1.0");
});

Deno.test("parts that do not follow each other change nothing: neither twice, nor out of order, nor without an end", () =>
  withHostile(async (world, place, agent, lineage) => {
    agent.send(report(place, lineage, { complete: true, secrets: [row("ana")] }));
    const report_id = crypto.randomUUID();
    const part = (n: number, parts: number, over = {}) =>
      agent.send(report(place, lineage, { report_id, part: n, parts, complete: true, ...over }));
    part(1, 3);
    const again = part(1, 3);
    await agent.next("nack", (m) => m.of === again && m.code === "bad_report");
    await until(async () => (await routerOf(world, place))?.refused_code === "bad_parts");
    for (const seq of [part(3, 3), part(2, 2)]) await agent.next("nack", (m) => m.of === seq);
    // The last part alone would otherwise say that the router holds nothing.
    assert.deepEqual(await observedNames(world, place), ["ana"]);
    for (let i = 0; i < 200; i++) {
      agent.send(report(place, lineage, { part: 1, parts: 500, secrets: [row("ana")] }));
      if (i % 20 === 19) await assertServed(agent, place, lineage);
    }
    assert.deepEqual(await observedNames(world, place), ["ana"]);
  }));

Deno.test("parts of an answer are bounded by the command's schema and in bytes, and the command fails with the reason", () =>
  withHostile(async (world, place, agent, lineage) => {
    const { tenantId, routerId } = place;
    const read = async () => {
      assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
      return (await agent.next("command", (m) => m.kind === "router.read_secrets")).id;
    };
    const failed = async (id: string, words: RegExp) => {
      const find = async () =>
        (await world.inTenant(tenantId, (trx) => listRouterCommands(trx, routerId, 10))).find((c) =>
          c.id === id
        );
      await until(async () => (await find())?.status === "failed", { what: `command ${words}` });
      const command = await find();
      assert.equal(command?.error_code, "answer_refused");
      assert.match(command?.error_message ?? "", words);
      const parts = await world.inTenant(
        tenantId,
        (trx) => trx.selectFrom("command_parts").select("part").execute(),
      );
      assert.deepEqual(parts, [], "what was sent stays behind");
    };
    const first = await read();
    agent.send({ t: "command.part", id: first, part: 1, content: { secrets: [{ name: 5 }], profiles: [] } });
    await failed(first, /secrets\.0\.name/);
    const second = await read();
    agent.send({ t: "command.part", id: second, part: 501, content: {} });
    await failed(second, /part/);
    const third = await read();
    agent.send({ t: "command.result", id: third, status: "done", result: { secret_count: 1e9 } });
    await failed(third, /secret_count/);
    await assertServed(agent, place, lineage);
  }));

Deno.test("one agent's made-up echo does not keep the heartbeats of the node from being written", async () => {
  await using world = await HubWorld.start({ touchMs: 50 });
  const place = await world.addPlace("north");
  const hostile = await world.connect(place);
  const beat = await hostile.next("heartbeat");
  for (const sent_ms of [-1e300, beat.sent_ms - 1e12]) hostile.send({ t: "heartbeat.echo", sent_ms });
  const other = await world.addPlace("south");
  const honest = await world.connect(other);
  const { sent_ms } = await honest.next("heartbeat");
  honest.send({ t: "heartbeat.echo", sent_ms });
  const trip = (at: Place) =>
    world.inTenant(
      at.tenantId,
      async (trx) =>
        (await trx.selectFrom("agent_presence").select("round_trip_ms").executeTakeFirst())?.round_trip_ms,
    );
  await until(async () => typeof await trip(other) === "number", { what: "the honest agent's heartbeat" });
  assert.equal(await trip(place), null);
  await hostile.close();
  await honest.close();
});

/** Takes the note away as a good report would, without one. */
async function forget(world: HubWorld, { tenantId, routerId }: Place): Promise<void> {
  const nothing = { refused_at: null, refused_code: null, refused_about: null, refused_count: null } as const;
  await world.inTenant(
    tenantId,
    (trx) => trx.updateTable("routers").set(nothing).where("id", "=", routerId).execute(),
  );
}
