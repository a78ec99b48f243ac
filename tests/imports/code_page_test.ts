import assert from "node:assert/strict";
import type { ImportedSecret } from "@/shared/protocol/mod.ts";
import { textOfBytes } from "@/shared/text/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { dryRunImport } from "@/web/services/imports/dry_run_import.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { issuesOf } from "@/web/domain/imports/mod.ts";
import { findImportBatch } from "@/web/store/imports/import_batches.ts";
import { listImportRows } from "@/web/store/imports/import_rows.ts";
import { findRecords } from "@/web/store/subscribers/find.ts";
import { assertOk } from "../support/expect.ts";
import { until } from "../support/until.ts";
import { AgentDouble } from "../network/agent_double.ts";
import { HubWorld, MARIA, type Place } from "../network/hub_world.ts";

/** The tests run the import themselves. */
const unqueued = (context: ServiceContext) => ({ ...context, enqueue: () => Promise.resolve() });

const NINO = textOfBytes(Uint8Array.fromHex("6e69f16f"));
const PENA = textOfBytes(Uint8Array.fromHex("50e9f161"));

function secret(name: string, over: Partial<ImportedSecret> = {}): ImportedSecret {
  return {
    name,
    profile: "10M",
    disabled: false,
    service: "pppoe",
    comment: null,
    caller_id: null,
    remote_address: null,
    ...over,
  };
}

/** Plays the agent: answers the read command with these secrets. Returns the batch that waits for review. */
async function read(
  world: HubWorld,
  place: Place,
  agent: AgentDouble,
  secrets: ImportedSecret[],
): Promise<string> {
  const { tenantId, routerId } = place;
  const { batchId } = assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
  const { id } = await agent.next("command", (m) => m.kind === "router.read_secrets");
  const profiles = [{ name: "10M", rate_limit: null }];
  agent.send({ t: "command.part", id, part: 1, content: { secrets, profiles } });
  const result = { secret_count: secrets.length, profile_count: 1, parts: 1 };
  agent.send({ t: "command.result", id, status: "done", result });
  const status = async () => (await world.inTenant(tenantId, (trx) => findImportBatch(trx, batchId)))?.status;
  await until(async () => await status() !== "reading", { what: "batch read" });
  assert.equal(await status(), "review");
  return batchId;
}

/** Plays the agent: the router does not have this account. */
function reportMissing(
  agent: AgentDouble,
  state: { routerId: string; lineage: string; generation: bigint },
  name: string,
): void {
  const { routerId, lineage, generation } = state;
  agent.send({
    t: "state.report",
    router_id: routerId,
    lineage,
    applied_generation: generation,
    report_id: crypto.randomUUID(),
    part: 1,
    parts: 1,
    complete: true,
    took_ms: 5,
    secrets: [{
      name,
      present: false,
      disabled: null,
      profile: null,
      online: false,
      address: null,
      caller_id: null,
      uptime_seconds: null,
      drift: "missing",
    }],
    drift_count: 1,
    held_count: 0,
  });
}

Deno.test("two names that read alike come in as two connections, by names that people read", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId } = place;
  const agent = await world.connect(place);
  const batchId = await read(world, place, agent, [
    secret("niño"),
    secret(NINO),
    secret("pena", { comment: `${PENA} Cruz / 0917 123 4567 / Purok ${PENA}` }),
    secret("x".repeat(129)),
    secret("a\nb"),
    secret("long profile", { profile: "x".repeat(300) }),
  ]);
  const rows = await world.inTenant(tenantId, (trx) => listImportRows(trx, batchId, { limit: 100 }));
  const remarks = Object.fromEntries(
    rows.map((row) => [row.ppp_name, issuesOf(row.issue).map(({ code }) => code).join(" ")]),
  );
  assert.deepEqual(remarks, {
    "niño": "reads_like_another no_comment",
    [NINO]: "reads_like_another no_comment",
    "pena": "",
    ["x".repeat(129)]: "ppp_name_too_long no_comment",
    "a\nb": "ppp_name_unprintable no_comment",
    "long profile": "profile_too_long no_comment",
  });
  assert.equal(rows.find((row) => row.ppp_name === "pena")?.name, "Péña Cruz");
  assert.equal(rows.find((row) => row.ppp_name === NINO)?.name, "niño");

  assertOk(
    await saveImportReview(world.context, tenantId, MARIA, {
      batchId,
      firstBillOn: Temporal.PlainDate.from("2026-12-01"),
      disabledPolicy: "disconnected",
      profiles: [{ profile: "10M", newPlan: { name: "Fiber 10", priceCentavos: 99_900n } }],
      rows: [],
    }),
  );
  const forecast = await world.inTenant(tenantId, (trx) => dryRunImport(trx, batchId));
  assert.deepEqual([forecast?.created, forecast?.skipped.length, forecast?.problems], [3, 3, []]);
  assertOk(await confirmImport(unqueued(world.context), tenantId, MARIA, { batchId }));
  await runImport(world.context, tenantId, batchId);

  const people = await world.inTenant(
    tenantId,
    (trx) => trx.selectFrom("subscribers").select(["name", "address"]).orderBy("name").execute(),
  );
  assert.deepEqual(people, [
    { name: "Péña Cruz", address: "Purok Péña" },
    { name: "niño", address: null },
    { name: "niño", address: null },
  ]);
  const whole = await agent.next("state.snapshot");
  assert.deepEqual(whole.secrets.map(({ name }) => name).sort(), ["niño", NINO, "pena"].sort());
  for (const words of ["nino", "niño", "NIÑO", NINO, "iño"]) {
    const found = await world.inTenant(tenantId, (trx) => findRecords(trx, words, ["subscriber"]));
    assert.equal(found.length, 2, words);
    // Neither is the one that is meant: nobody is led to the wrong one.
    if (words === "niño") assert.deepEqual(found.map((row) => row.is_exact), [true, true]);
  }
  await agent.close();
});

Deno.test("an import says which rows an old agent will not manage, before they come in", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId } = place;
  const agent = await world.connect(place);
  const batchId = await read(world, place, agent, [secret("juan"), secret("juan", { service: "l2tp" })]);
  const rows = await world.inTenant(tenantId, (trx) => listImportRows(trx, batchId, { limit: 100 }));
  const l2tp = rows.find((row) => row.service === "l2tp");
  assert.deepEqual(issuesOf(l2tp?.issue ?? null).map(({ code }) => code), [
    "other_service",
    "agent_old_for_service",
    "no_comment",
  ]);
  assert.equal(l2tp?.decision, "skip");
  assertOk(
    await saveImportReview(world.context, tenantId, MARIA, {
      batchId,
      firstBillOn: Temporal.PlainDate.from("2026-12-01"),
      disabledPolicy: "disconnected",
      profiles: [{ profile: "10M", newPlan: { name: "Fiber 10", priceCentavos: 99_900n } }],
      rows: rows.map((row) => ({ account: row.account_key, decision: "import" as const })),
    }),
  );
  const forecast = async () => await world.inTenant(tenantId, (trx) => dryRunImport(trx, batchId));
  assert.deepEqual([(await forecast())?.created, (await forecast())?.unmanaged], [2, 1]);
  await agent.close();

  const updated = await AgentDouble.open(world.port, place.agentId, place.keys);
  updated.hello(place.keys.installId, { ppp_services: ["pppoe", "l2tp"] });
  await updated.next("welcome");
  assert.equal((await forecast())?.unmanaged, 0);
  await updated.close();
});

Deno.test("a connection that came in by a name as it reads takes the exact one when the router is read again", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId } = place;
  const agent = await world.connect(place);
  const first = await read(world, place, agent, [secret("niño"), secret("peña"), secret("ana")]);
  assertOk(
    await saveImportReview(world.context, tenantId, MARIA, {
      batchId: first,
      firstBillOn: Temporal.PlainDate.from("2026-12-01"),
      disabledPolicy: "disconnected",
      profiles: [{ profile: "10M", newPlan: { name: "Fiber 10", priceCentavos: 99_900n } }],
      rows: [],
    }),
  );
  assertOk(await confirmImport(unqueued(world.context), tenantId, MARIA, { batchId: first }));
  await runImport(world.context, tenantId, first);
  const { lineage, generation } = await agent.next("state.snapshot");
  reportMissing(agent, { routerId: place.routerId, lineage, generation }, "niño");
  const missing = () =>
    world.inTenant(tenantId, (trx) => trx.selectFrom("observed_secrets").select("ppp_name").execute());
  await until(async () => (await missing()).length === 1, { what: "the router's page shows it as missing" });

  // The router has niño in a code page alone; peña in both, so that nobody can tell.
  const pena = textOfBytes(Uint8Array.fromHex("7065f161"));
  const again = await read(world, place, agent, [secret(NINO), secret("peña"), secret(pena), secret("ana")]);
  const names = await world.inTenant(
    tenantId,
    (trx) => trx.selectFrom("subscriptions").select("ppp_name").execute(),
  );
  assert.deepEqual(names.map((row) => row.ppp_name).sort(), ["ana", NINO, "peña"].sort());
  assert.deepEqual(await missing(), [], "and no more once its name is known");
  const delta = await agent.next("state.delta");
  assert.deepEqual([delta.secrets.map(({ name }) => name), delta.removed], [[NINO], ["niño"]]);
  const forecast = await world.inTenant(tenantId, (trx) => dryRunImport(trx, again));
  assert.equal(forecast?.linked, 3, "nobody is offered anew but the one in a code page");
  await agent.close();
});
