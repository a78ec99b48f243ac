import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import type { AgentMessage, ObservedSecret, Unnumbered } from "@/shared/protocol/mod.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { refreshDesired } from "@/web/services/network/desired_state.ts";
import { assertOk } from "../support/expect.ts";
import type { AgentDouble } from "./agent_double.ts";
import { HubWorld, MARIA, type Place } from "./hub_world.ts";

/** Two sites of one company, each with an agent and a router, and a subscriber at the first. */
async function withTwoSites(
  work: (world: HubWorld, mine: Place, theirs: Place) => Promise<void>,
): Promise<void> {
  await using world = await HubWorld.start();
  const mine = await world.addPlace("north");
  const theirs = await world.addPlaceOf(mine.tenantId, "South");
  await addSubscription(world, mine, "ana");
  await work(world, mine, theirs);
}

async function addSubscription(world: HubWorld, { tenantId, routerId }: Place, name: string): Promise<void> {
  const now = world.clock.now();
  const id = () => uuidv7(now.epochMilliseconds);
  await world.inTenant(tenantId, async (trx) => {
    const [subscriber, plan, subscription] = [id(), id(), id()];
    const tenant_id = tenantId;
    await trx.insertInto("plans").values({ tenant_id, id: plan, name: "Fiber", price_centavos: 1n })
      .execute();
    await trx.insertInto("subscribers").values({ tenant_id, id: subscriber, account_number: "A-1", name })
      .execute();
    await trx.insertInto("subscriptions").values({
      tenant_id,
      id: subscription,
      subscriber_id: subscriber,
      plan_id: plan,
      router_id: routerId,
      ppp_name: name,
      status: "active",
    }).execute();
    await refreshDesired(trx, [subscription], { now });
  });
}

/** Everything that is known of a router, as text. */
async function knownOf(world: HubWorld, { tenantId, routerId }: Place): Promise<string> {
  return await world.inTenant(tenantId, async (trx) => {
    const rows = await Promise.all([
      trx.selectFrom("routers").selectAll().where("id", "=", routerId).execute(),
      trx.selectFrom("router_states").selectAll().where("router_id", "=", routerId).execute(),
      trx.selectFrom("observed_secrets").selectAll().where("router_id", "=", routerId).execute(),
      trx.selectFrom("desired_secrets").selectAll().where("router_id", "=", routerId).execute(),
      trx.selectFrom("commands").selectAll().where("router_id", "=", routerId).execute(),
      trx.selectFrom("command_parts").selectAll().execute(),
    ]);
    return JSON.stringify(
      rows,
      (_key, value: unknown) => typeof value === "bigint" ? String(value) : value,
      1,
    );
  });
}

/** The link is alive: it answers, in its turn, what comes after. */
async function grantFor(agent: AgentDouble, router_id: string, lineage: string): Promise<string[]> {
  const request_id = crypto.randomUUID();
  const names = ["ana"];
  agent.send({ t: "permit.request", router_id, lineage, request_id, generation: 1n, names });
  return (await agent.next("permit.grant", (grant) => grant.request_id === request_id)).names;
}

Deno.test("well-formed words of the agent of another site of the same company change nothing at my router", () =>
  withTwoSites(async (world, mine, theirs) => {
    const agent = await world.connect(mine);
    const { lineage } = await agent.next("state.snapshot");
    assertOk(await startImport(world.context, mine.tenantId, MARIA, { routerId: mine.routerId }));
    const command = await agent.next("command");
    agent.send({ t: "command.received", id: command.id });
    await grantFor(agent, mine.routerId, lineage);
    const before = await knownOf(world, mine);

    const stranger = await world.connect(theirs);
    const router_id = mine.routerId;
    const ana: ObservedSecret = {
      name: "ana",
      present: true,
      disabled: true,
      profile: "p",
      online: true,
      address: "10.0.0.9",
      caller_id: null,
      uptime_seconds: 5,
      drift: "enabled_by_hand",
    };
    const report = {
      t: "state.report",
      router_id,
      lineage,
      applied_generation: 1n,
      report_id: crypto.randomUUID(),
      part: 1,
      parts: 1,
      took_ms: 1,
      drift_count: 1,
      held_count: 1,
    } as const;
    const identity = {
      identity: "x",
      version: "7.15",
      board_name: null,
      serial_number: "EVIL",
      software_id: null,
      uptime_seconds: 1,
    };
    const secrets = [{
      name: "mallory",
      profile: "p",
      disabled: false,
      service: "pppoe",
      comment: null,
      caller_id: null,
      remote_address: null,
    }];
    const result = { secret_count: 1, profile_count: 0, parts: 1 };
    const words: Unnumbered<AgentMessage>[] = [
      { ...report, complete: false, secrets: [ana] },
      { ...report, complete: true, secrets: [] },
      { t: "state.stored", router_id, lineage, generation: 1n, hash: "0" },
      { t: "state.resync", router_id, lineage, reason: "mine now" },
      { t: "router.status", router_id, status: "online", message: null, identity },
      { t: "router.status", router_id, status: "wrong_router", message: "look here", identity },
      { t: "command.received", id: command.id },
      { t: "command.part", id: command.id, part: 1, content: { secrets, profiles: [] } },
      { t: "command.result", id: command.id, status: "done", result },
      { t: "command.result", id: command.id, status: "failed", error_code: "x", error_message: "y" },
    ];
    for (const word of words) {
      stranger.send(word);
      assert.deepEqual(await grantFor(stranger, router_id, lineage), [], word.t);
      assert.equal(await knownOf(world, mine), before, `after ${word.t}`);
    }
    assert.ok(!stranger.received.some((m) => m.t === "state.snapshot" && m.router_id === router_id));
    assert.equal(stranger.closeCode, null, "it is told, not thrown out");

    await stranger.close();
    agent.send({
      t: "command.result",
      id: command.id,
      status: "failed",
      error_code: "x",
      error_message: "y",
    });
    await grantFor(agent, mine.routerId, lineage);
    assert.notEqual(await knownOf(world, mine), before, "the agent in charge is heard");
    await agent.close();
  }));

Deno.test("a hello that brings results of another site's commands settles none of them", () =>
  withTwoSites(async (world, mine, theirs) => {
    const agent = await world.connect(mine);
    const { lineage } = await agent.next("state.snapshot");
    assertOk(await startImport(world.context, mine.tenantId, MARIA, { routerId: mine.routerId }));
    const { id } = await agent.next("command");
    await grantFor(agent, mine.routerId, lineage);
    const before = await knownOf(world, mine);
    const stranger = await world.connect(theirs);
    await stranger.close();
    const again = await world.open(theirs);
    again.hello(theirs.keys.installId, {
      results: [{ id, status: "failed", error_code: "x", error_message: "y" }],
      routers: [{
        router_id: mine.routerId,
        lineage,
        stored_generation: 1n,
        applied_generation: 1n,
        hash: "0",
      }],
    });
    await again.next("welcome");
    assert.deepEqual(await grantFor(again, mine.routerId, lineage), []);
    assert.equal(await knownOf(world, mine), before);
    await again.close();
    await agent.close();
  }));
