import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import assert from "node:assert/strict";
import { archiveRouter } from "@/web/services/network/archive_router.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { expireOverdueCommands } from "@/web/services/network/commands/expire_commands.ts";
import { refreshDesired } from "@/web/services/network/desired_state.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { findCommand } from "@/web/store/network/commands.ts";
import { findImportBatch, updateImportBatch } from "@/web/store/imports/import_batches.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { assertOk, assertRefused } from "../support/expect.ts";
import { AgentDouble } from "./agent_double.ts";
import { HubWorld, MARIA, type Place } from "./hub_world.ts";

Deno.test("an import of an agent that never came fails with what to do, without the agent", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  const { tenantId, routerId } = place;
  const { batchId } = assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
  const batch = () => world.inTenant(tenantId, (trx) => findImportBatch(trx, batchId));
  world.clock.advance({ seconds: 119 });
  await expireOverdueCommands(world.context, tenantId);
  assert.equal((await batch())?.status, "reading");
  world.clock.advance({ seconds: 2 });
  assert.equal(await expireOverdueCommands(world.context, tenantId), 2, "the test of the new router as well");
  assert.equal((await batch())?.status, "failed");
  assert.match(
    storedText(ENGLISH_WORDS, (await batch())?.error_message ?? ""),
    /was not connected in time. Try again/,
  );
  const command = await world.inTenant(
    tenantId,
    async (trx) => await findCommand(trx, (await batch())?.command_id ?? ""),
  );
  assert.equal(command?.status, "expired");
  assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
});

Deno.test("an agent that is too old, or says no version, is told so and not served", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  for (const version of ["0.0.9", "banana"]) {
    const agent = await AgentDouble.open(world.port, place.agentId, place.keys);
    agent.hello(place.keys.installId, { version });
    assert.equal(await agent.closed(), 4400);
    assert.match(agent.closeReason, /too old; update it to 0\.1\.0/);
  }
  const agent = await AgentDouble.open(world.port, place.agentId, place.keys);
  agent.hello(place.keys.installId, { version: "0.10.0-next" });
  await agent.next("welcome");
  await agent.close();
});

Deno.test("an agent that cannot prove a state gets it again in its turn, not in a loop", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  await addSubscription(world, place);
  const agent = await world.connect(place);
  const first = await agent.next("state.snapshot");
  const ask = () =>
    agent.send({
      t: "state.resync",
      router_id: place.routerId,
      lineage: first.lineage,
      reason: "snapshot does not match its hash",
    });
  ask();
  await agent.next("state.snapshot");
  ask();
  agent.send({
    t: "permit.request",
    router_id: place.routerId,
    lineage: first.lineage,
    request_id: crypto.randomUUID(),
    generation: first.generation,
    names: ["user1"],
  });
  await agent.next("permit.grant");
  assert.equal(agent.received.some((message) => message.t === "state.snapshot"), false);
  await agent.close();
});

Deno.test("a router that is archived takes its open readings along, and waits for an import that runs", async () => {
  await using world = await HubWorld.start();
  const { tenantId, routerId } = await world.addPlace("ilaya");
  const { batchId } = assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
  const become = (status: "running" | "review") =>
    world.inTenant(tenantId, (trx) => updateImportBatch(trx, batchId, { status }));
  await become("running");
  assertRefused(await archiveRouter(world.context, tenantId, MARIA, { routerId }), "import_running");
  await become("review");
  assertOk(await archiveRouter(world.context, tenantId, MARIA, { routerId }));
  const context = { ...world.context, enqueue: () => Promise.reject(new Error("enqueued")) };
  assertRefused(await confirmImport(context, tenantId, MARIA, { batchId }), "import_not_in_review");
  const batch = await world.inTenant(tenantId, (trx) => findImportBatch(trx, batchId));
  assert.match(storedText(ENGLISH_WORDS, batch?.error_message ?? ""), /was archived/);
});

async function addSubscription(world: HubWorld, { tenantId, routerId }: Place): Promise<void> {
  const now = world.clock.now();
  const id = () => uuidv7(now.epochMilliseconds);
  await world.inTenant(tenantId, async (trx) => {
    const [subscriber, plan, subscription] = [id(), id(), id()];
    await trx.insertInto("plans").values({ tenant_id: tenantId, id: plan, name: "Fiber", price_centavos: 1n })
      .execute();
    await trx.insertInto("subscribers")
      .values({ tenant_id: tenantId, id: subscriber, account_number: "A-1", name: "Ana" }).execute();
    await trx.insertInto("subscriptions").values({
      tenant_id: tenantId,
      id: subscription,
      subscriber_id: subscriber,
      plan_id: plan,
      router_id: routerId,
      ppp_name: "user1",
      status: "active",
    }).execute();
    await refreshDesired(trx, [subscription], { now });
  });
}
