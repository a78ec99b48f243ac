import assert from "node:assert/strict";
import pg from "pg";
import { uuidv7 } from "@/shared/ids.ts";
import { stateHash } from "@/shared/protocol/mod.ts";
import { refreshDesired } from "@/web/services/network/desired_state.ts";
import { insertBlockReasons, updateBlockReasonsRemoved } from "@/web/store/cuts/block_reasons.ts";
import { insertImportBatch } from "@/web/store/imports/import_batches.ts";
import { insertImportedSubscribers } from "@/web/store/imports/imported_subscribers.ts";
import { insertPlan } from "@/web/store/billing/plans.ts";
import { until } from "../support/until.ts";
import { AgentDouble } from "./agent_double.ts";
import { HubWorld, MARIA, type Place } from "./hub_world.ts";

const DAY = Temporal.PlainDate.from("2026-11-23");

/** Subscribers with managed secrets, without the import around them. */
async function addSubscriptions(world: HubWorld, place: Place, names: readonly string[]): Promise<string[]> {
  const now = world.clock.now();
  const id = () => uuidv7(now.epochMilliseconds);
  const [planId, batchId] = [id(), id()];
  const rows = names.map((name) => ({
    subscriber_id: id(),
    subscription_id: id(),
    account_number: `A-${name}`,
    name,
    phone: null,
    address: null,
    plan_id: planId,
    ppp_name: name,
    status: "active" as const,
    anchor_day: 1,
    bill_timing: "arrears" as const,
    activated_on: DAY,
    billed_through_on: DAY,
    next_bill_on: DAY,
  }));
  await world.inTenant(place.tenantId, async (trx) => {
    await insertPlan(trx, planId, {
      name: `Plan ${planId}`,
      price_centavos: 1n,
      ppp_profile: "p",
      speed: null,
    }, now);
    await insertImportBatch(trx, {
      id: batchId,
      router_id: place.routerId,
      command_id: null,
      created_by: "test",
      created_at: now,
    });
    await insertImportedSubscribers(trx, { id: batchId, routerId: place.routerId, now }, rows);
    await refreshDesired(trx, rows.map((row) => row.subscription_id), { now });
  });
  world.context.notifyRouters(place.tenantId, [place.routerId]);
  return rows.map((row) => row.subscription_id);
}

/** As a cut run does: reason and desired state in one transaction. */
async function cut(world: HubWorld, place: Place, ids: readonly string[]): Promise<void> {
  const now = world.clock.now();
  await world.inTenant(place.tenantId, async (trx) => {
    await insertBlockReasons(
      trx,
      ids.map((subscription_id) => ({
        id: uuidv7(now.epochMilliseconds),
        subscription_id,
        reason: "nonpayment" as const,
        note: null,
        run_id: null,
        added_by: "Scheduler",
        added_on: DAY,
        added_at: now,
      })),
    );
    const authorisation = {
      kind: "run" as const,
      runId: uuidv7(now.epochMilliseconds),
      approvedBy: "Scheduler",
    };
    await refreshDesired(trx, ids, { now, authorisation });
  });
  world.context.notifyRouters(place.tenantId, [place.routerId]);
}

async function restore(world: HubWorld, place: Place, ids: readonly string[]): Promise<void> {
  const now = world.clock.now();
  await world.inTenant(place.tenantId, async (trx) => {
    await updateBlockReasonsRemoved(trx, ids, "nonpayment", {
      removed_at: now,
      removed_on: now.toZonedDateTimeISO("Asia/Manila").toPlainDate(),
      removed_by: MARIA.label,
    });
    await refreshDesired(trx, ids, { now });
  });
  world.context.notifyRouters(place.tenantId, [place.routerId]);
}

Deno.test("an agent gets a snapshot, then deltas with who allowed the disables, and a snapshot again when it asks", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const ids = await addSubscriptions(world, place, ["ana", "ben", "cat"]);
  const whole = await agent.next("state.snapshot");
  assert.deepEqual(whole.secrets.map((s) => [s.name, s.disabled]), [["ana", false], ["ben", false], [
    "cat",
    false,
  ]]);
  assert.equal(whole.hash, await stateHash(whole.secrets));

  await cut(world, place, [ids[1]!]);
  const delta = await agent.next("state.delta");
  assert.equal(delta.from_generation, whole.generation);
  assert.deepEqual(delta.secrets.map((s) => [s.name, s.disabled]), [["ben", true]]);
  assert.equal(delta.authorisations[0]?.kind, "run");
  assert.equal(delta.secrets[0]?.authorisation, delta.authorisations[0]?.id);
  const held = new Map(whole.secrets.map((s) => [s.name, s]));
  held.set("ben", delta.secrets[0]!);
  assert.equal(await stateHash(held.values()), delta.hash);

  const { lineage } = whole;
  agent.send({ t: "state.resync", router_id: place.routerId, lineage, reason: "hash" });
  assert.equal((await agent.next("state.snapshot")).generation, delta.generation);
  await agent.close();

  // What an agent has on disk is not sent again: after the settings comes the waiting command, and no state.
  const back = await AgentDouble.open(world.port, place.agentId, place.keys);
  const { generation, hash } = delta;
  const copy = {
    router_id: place.routerId,
    lineage,
    stored_generation: generation,
    applied_generation: 0n,
    hash,
  };
  back.hello(place.keys.installId, { routers: [copy] });
  await back.next("command");
  assert.ok(!back.received.some((m) => m.t === "state.snapshot" || m.t === "state.delta"));
  await back.close();
});

Deno.test("a permit is refused for whoever paid meanwhile, and for an old generation", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const ids = await addSubscriptions(world, place, ["ana", "ben"]);
  const { lineage } = await agent.next("state.snapshot");
  await cut(world, place, ids);
  const { generation } = await agent.next("state.delta");
  const ask = (g: bigint, names: string[]) => {
    const request_id = crypto.randomUUID();
    agent.send({ t: "permit.request", router_id: place.routerId, lineage, request_id, generation: g, names });
    return agent.next("permit.grant", (m) => m.request_id === request_id);
  };
  const granted = await ask(generation, ["ana", "ben", "nobody"]);
  assert.deepEqual([granted.names, granted.valid_ms], [["ana", "ben"], 10_000]);

  await restore(world, place, [ids[0]!]);
  assert.deepEqual((await ask(generation, ["ana", "ben"])).names, [], "the books moved on");
  const after = await agent.next("state.delta");
  assert.deepEqual((await ask(after.generation, ["ana", "ben"])).names, ["ben"]);
  await agent.close();
});

Deno.test("a report in parts is kept, and a complete one replaces what it does not name", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  await addSubscriptions(world, place, ["ana", "ben", "cat"]);
  const { lineage, generation, hash } = await agent.next("state.snapshot");
  agent.send({ t: "state.stored", router_id: place.routerId, lineage, generation, hash });
  const report = (names: string[][], took_ms: number) => {
    const report_id = crypto.randomUUID();
    names.forEach((part, i) =>
      agent.send({
        t: "state.report",
        router_id: place.routerId,
        lineage,
        applied_generation: generation,
        report_id,
        part: i + 1,
        parts: names.length,
        complete: true,
        took_ms,
        drift_count: 0,
        held_count: 0,
        secrets: part.map((name) => ({
          name,
          present: true,
          disabled: false,
          profile: "p",
          online: true,
          address: "10.1.1.1",
          caller_id: null,
          uptime_seconds: 4.6,
          drift: null,
        })),
      })
    );
  };
  const state = () =>
    world.inTenant(
      place.tenantId,
      (trx) => trx.selectFrom("router_states").selectAll().executeTakeFirstOrThrow(),
    );
  const seen = () =>
    world.inTenant(
      place.tenantId,
      async (trx) =>
        (await trx.selectFrom("observed_secrets").select("ppp_name").orderBy("ppp_name").execute()).map((r) =>
          r.ppp_name
        ),
    );
  report([["ana", "ben"], ["cat"]], 1);
  await until(async () => (await state()).took_ms === 1);
  assert.deepEqual(await seen(), ["ana", "ben", "cat"]);
  report([["ben"]], 2);
  await until(async () => (await state()).took_ms === 2);
  assert.deepEqual(await seen(), ["ben"]);
  const { stored_generation, applied_generation } = await state();
  assert.deepEqual([stored_generation, applied_generation], [generation, generation]);
  await agent.close();
});

Deno.test("another tenant's agent can neither read, report nor get a permit for my router", async () => {
  await using world = await HubWorld.start();
  const mine = await world.addPlace("north");
  const theirs = await world.addPlace("south");
  const agent = await world.connect(mine);
  const ids = await addSubscriptions(world, mine, ["ana"]);
  const { lineage } = await agent.next("state.snapshot");
  await cut(world, mine, ids);
  const { generation } = await agent.next("state.delta");

  const thief = await world.connect(theirs);
  const router_id = mine.routerId;
  const request_id = crypto.randomUUID();
  thief.send({ t: "permit.request", router_id, lineage, request_id, generation, names: ["ana"] });
  assert.deepEqual((await thief.next("permit.grant")).names, []);
  thief.send({ t: "state.resync", router_id, lineage, reason: "mine now" });
  const seq = thief.send({
    t: "state.report",
    router_id,
    lineage,
    applied_generation: 999n,
    report_id: crypto.randomUUID(),
    part: 1,
    parts: 1,
    complete: true,
    took_ms: 1,
    secrets: [],
    drift_count: 0,
    held_count: 0,
  });
  assert.equal((await thief.next("nack", (m) => m.of === seq)).code, "unknown_state");
  const identity = {
    identity: "x",
    version: "7",
    board_name: null,
    serial_number: "EVIL",
    software_id: null,
    uptime_seconds: 1,
  };
  thief.send({ t: "router.status", router_id, status: "online", message: null, identity });
  thief.send({ t: "command.result", id: crypto.randomUUID(), status: "done", result: {} });
  const probe = crypto.randomUUID();
  thief.send({ t: "permit.request", router_id, lineage, request_id: probe, generation, names: ["ana"] });
  await thief.next("permit.grant", (m) => m.request_id === probe);
  assert.ok(!thief.received.some((m) => m.t === "state.snapshot"));
  const router = await world.inTenant(
    mine.tenantId,
    (trx) =>
      trx.selectFrom("routers").select("serial_number").where("id", "=", router_id).executeTakeFirstOrThrow(),
  );
  assert.equal(router.serial_number, null);
  await thief.close();
  await agent.close();
});

Deno.test("a router of 20,000 secrets arrives in parts through the window", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  await addSubscriptions(
    world,
    place,
    Array.from({ length: 20_000 }, (_, i) => `subscriber-${String(i).padStart(5, "0")}`),
  );
  const agent = await world.connect(place);
  const first = await agent.next("state.snapshot");
  const parts = [first];
  while (parts.length < first.parts) parts.push(await agent.next("state.snapshot"));
  assert.ok(first.parts > 5);
  assert.deepEqual(parts.map((part) => part.part), parts.map((_, i) => i + 1));
  assert.equal(await stateHash(parts.flatMap((part) => part.secrets)), first.hash);
  await agent.close();
});

Deno.test("what a payment moved is sent before the rest of the site is looked at", async () => {
  await using world = await HubWorld.start({ pollMs: 60_000 });
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const ids = await addSubscriptions(world, place, ["ana", "ben"]);
  await agent.next("state.snapshot");
  await cut(world, place, [ids[0]!]);
  await agent.next("state.delta");
  const holder = new pg.Client({ connectionString: world.database.superuserUrl });
  await holder.connect();
  try {
    // The whole look closes overdue commands: it waits here.
    await holder.query("begin");
    await holder.query("lock table commands in access exclusive mode");
    await restore(world, place, [ids[0]!]);
    const delta = await agent.next("state.delta");
    assert.deepEqual(delta.secrets.map((s) => [s.name, s.disabled]), [["ana", false]]);
  } finally {
    await holder.end();
  }
  await agent.close();
});

Deno.test("an agent that is not in charge any more gets nothing of what moved", async () => {
  await using world = await HubWorld.start({ pollMs: 60_000 });
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const ids = await addSubscriptions(world, place, ["ana", "ben"]);
  await agent.next("state.snapshot");
  await world.inTenant(
    place.tenantId,
    (trx) =>
      trx.updateTable("agents").set({ frozen_at: world.clock.now() }).where("tenant_id", "=", place.tenantId)
        .where("id", "=", place.agentId).execute(),
  );
  await cut(world, place, [ids[0]!]);
  await until(() => agent.closeCode !== null);
  assert.ok(!agent.received.some(({ t }) => t === "state.delta"));
});
