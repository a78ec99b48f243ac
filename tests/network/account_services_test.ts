import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { type ObservedSecret, PPP_SERVICES, stateHash } from "@/shared/protocol/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import { findImportBatch } from "@/web/store/imports/import_batches.ts";
import { listImportRows } from "@/web/store/imports/import_rows.ts";
import { findRouterState } from "@/web/store/network/router_states.ts";
import { listSubscriptionDetails } from "@/web/store/subscribers/subscriptions.ts";
import { assertOk } from "../support/expect.ts";
import { until } from "../support/until.ts";
import { AgentDouble } from "./agent_double.ts";
import { HubWorld, MARIA, type Place } from "./hub_world.ts";

/** The tests run the import themselves. */
const unqueued = (context: ServiceContext) => ({ ...context, enqueue: () => Promise.resolve() });

/** An agent of this release. */
async function connect(world: HubWorld, place: Place): Promise<AgentDouble> {
  const agent = await AgentDouble.open(world.port, place.agentId, place.keys);
  agent.hello(place.keys.installId, { ppp_services: [...PPP_SERVICES] });
  await agent.next("welcome");
  return agent;
}

/** Imports these secrets through a review in which a person includes all of them; the subscriptions by service. */
async function importAll(
  world: HubWorld,
  place: Place,
  agent: AgentDouble,
  secrets: readonly { name: string; service: string }[],
): Promise<Map<string, string>> {
  const { tenantId, routerId } = place;
  const { batchId } = assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
  const { id } = await agent.next("command", (m) => m.kind === "router.read_secrets");
  const rows = secrets.map((secret) => ({
    ...secret,
    profile: "10M",
    disabled: false,
    comment: `${secret.name} over ${secret.service}`,
    caller_id: null,
    remote_address: null,
  }));
  agent.send({
    t: "command.part",
    id,
    part: 1,
    content: { secrets: rows, profiles: [{ name: "10M", rate_limit: null }] },
  });
  const result = { secret_count: rows.length, profile_count: 1, parts: 1 };
  agent.send({ t: "command.result", id, status: "done", result });
  const inTenant = world.inTenant.bind(world);
  await until(async () =>
    (await inTenant(tenantId, (trx) => findImportBatch(trx, batchId)))?.status === "review"
  );
  const read = await inTenant(tenantId, (trx) => listImportRows(trx, batchId, { limit: 100 }));
  assert.deepEqual(
    read.map((row) => [row.ppp_name, row.service, row.decision]).sort(),
    secrets.map(({ name, service }) => [name, service, service === "pppoe" ? "import" : "skip"]).sort(),
  );
  assertOk(
    await saveImportReview(world.context, tenantId, MARIA, {
      batchId,
      firstBillOn: Temporal.PlainDate.from("2026-12-01"),
      disabledPolicy: "disconnected",
      profiles: [{ profile: "10M", newPlan: { name: "Fiber 10", priceCentavos: 99_900n } }],
      rows: read.map((row) => ({ account: row.account_key, decision: "import" as const })),
    }),
  );
  assertOk(await confirmImport(unqueued(world.context), tenantId, MARIA, { batchId }));
  assert.deepEqual(await runImport(world.context, tenantId, batchId), {
    created: secrets.length,
    skipped: 0,
    isDone: true,
    routerIds: [],
  });
  const made = await inTenant(
    tenantId,
    (trx) => trx.selectFrom("subscriptions").select(["id", "ppp_service"]).execute(),
  );
  return new Map(made.map((row) => [row.ppp_service, row.id]));
}

function seen(over: Partial<ObservedSecret>): ObservedSecret {
  return {
    name: "juan",
    present: true,
    disabled: false,
    profile: "10M",
    online: false,
    address: null,
    caller_id: null,
    uptime_seconds: null,
    drift: null,
    ...over,
  };
}

const TWINS = [{ name: "juan", service: "pppoe" }, { name: "juan", service: "l2tp" }];

Deno.test("two accounts of one name are two connections: imported, cut, permitted and seen each for itself", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId, routerId } = place;
  const agent = await connect(world, place);
  const ids = await importAll(world, place, agent, TWINS);
  const whole = await agent.next("state.snapshot");
  assert.deepEqual(whole.secrets.map(({ name, service }) => [name, service]), [["juan", "l2tp"], [
    "juan",
    undefined,
  ]]);
  assert.equal(whole.hash, await stateHash(whole.secrets));

  const l2tp = ids.get("l2tp") ?? "";
  const input = { subscriptionId: l2tp, reason: "abuse" as const, note: "Spam" };
  assertOk(await suspendSubscription(world.context, tenantId, MARIA, input));
  const delta = await agent.next("state.delta");
  assert.deepEqual(delta.secrets.map(({ service, disabled }) => [service, disabled]), [["l2tp", true]]);
  const pppoe = whole.secrets.find(({ service }) => service === undefined)!;
  assert.equal(delta.hash, await stateHash([pppoe, delta.secrets[0]!]));

  const { lineage, generation } = delta;
  const ask = { router_id: routerId, lineage, request_id: crypto.randomUUID(), generation };
  agent.send({ t: "permit.request", ...ask, names: ["juan", "l2tp//juan", "sstp//juan"] });
  assert.deepEqual((await agent.next("permit.grant")).names, ["l2tp//juan"]);

  agent.send({
    t: "state.report",
    router_id: routerId,
    lineage,
    applied_generation: generation,
    report_id: crypto.randomUUID(),
    part: 1,
    parts: 1,
    complete: true,
    took_ms: 1,
    secrets: [seen({ online: true, address: "10.0.0.2" }), seen({ service: "l2tp", disabled: true })],
    drift_count: 0,
    held_count: 0,
  });
  const now = world.clock.now();
  const today = Temporal.PlainDate.from("2026-11-23");
  const details = async (id: string) =>
    (await world.inTenant(
      tenantId,
      (trx) => listSubscriptionDetails(trx, { subscriptionId: id }, { today, now }),
    ))
      .map(({ address, seen_disabled, desired_disabled }) => ({ address, seen_disabled, desired_disabled }));
  await until(async () => (await details(l2tp))[0]?.seen_disabled === true, { what: "the report" });
  assert.deepEqual(await details(l2tp), [{ address: null, seen_disabled: true, desired_disabled: true }]);
  assert.deepEqual(await details(ids.get("pppoe") ?? ""), [
    { address: "10.0.0.2", seen_disabled: false, desired_disabled: false },
  ]);
  await agent.close();
});

Deno.test("an agent of the release before gets its PPPoE accounts and none that it would take for one", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const ids = await importAll(world, place, agent, TWINS);
  const whole = await agent.next("state.snapshot");
  assert.deepEqual(whole.secrets.map(({ name, service }) => [name, service]), [["juan", undefined]]);
  assert.equal(whole.hash, await stateHash(whole.secrets));
  for (const service of ["l2tp", "pppoe"]) {
    const input = { subscriptionId: ids.get(service) ?? "", reason: "abuse" as const, note: "Spam" };
    assertOk(await suspendSubscription(world.context, place.tenantId, MARIA, input));
    const delta = await agent.next("state.delta");
    const expected = service === "l2tp" ? whole.secrets : delta.secrets;
    assert.deepEqual(delta.secrets.map(({ disabled }) => disabled), service === "l2tp" ? [] : [true]);
    assert.equal(delta.hash, await stateHash(expected), service);
  }
  await agent.close();
});

Deno.test("connections that came from another service before services were told apart get theirs, and the state its hash", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await connect(world, place);
  await importAll(world, place, agent, [{ name: "ana", service: "pppoe" }, {
    name: "tunnel",
    service: "l2tp",
  }]);
  const state = async () => {
    const found = await world.inTenant(place.tenantId, (trx) => findRouterState(trx, place.routerId));
    assert.ok(found !== null);
    return found;
  };
  const before = await state();
  await agent.close();
  const { ownerUrl } = world.database;
  await migrate(ownerUrl, { to: "0052" }, silentLogger);
  const past = await state();
  const bare = ["ana", "tunnel"].map((name) => ({ name, profile: "10M", disabled: false }));
  assert.equal(past.hash, await stateHash(bare));
  await migrate(ownerUrl, {}, silentLogger);
  const after = await state();
  assert.equal(after.hash, before.hash);
  assert.ok(after.generation > past.generation && past.generation > before.generation);
  const rows = await world.inTenant(
    place.tenantId,
    (trx) =>
      trx.selectFrom("subscriptions").select(["ppp_name", "ppp_service"]).orderBy("ppp_name").execute(),
  );
  assert.deepEqual(rows.map((row) => [row.ppp_name, row.ppp_service]), [["ana", "pppoe"], [
    "tunnel",
    "l2tp",
  ]]);
});
