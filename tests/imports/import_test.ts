import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import assert from "node:assert/strict";
import {
  chunkRows,
  type ImportedSecret,
  MAX_CHUNK_BYTES,
  MAX_ROUTER_SECRETS,
} from "@/shared/protocol/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { checkImport, dryRunImport } from "@/web/services/imports/dry_run_import.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { undoImport } from "@/web/services/imports/undo_import.ts";
import { findImportBatch } from "@/web/store/imports/import_batches.ts";
import { insertImportRows, listImportRows } from "@/web/store/imports/import_rows.ts";
import { listBilledPlans, listPlans } from "@/web/store/billing/plans.ts";
import { updatePlan } from "@/web/services/billing/save_plan.ts";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "../support/expect.ts";
import { until } from "../support/until.ts";
import type { AgentDouble } from "../network/agent_double.ts";
import { HubWorld, MARIA, type Place } from "../network/hub_world.ts";

const day = Temporal.PlainDate.from;
const REVIEW = {
  firstBillOn: day("2026-12-01"),
  disabledPolicy: "disconnected" as const,
  profiles: [
    { profile: "10M", newPlan: { name: "Fiber 10", priceCentavos: 99_900n } },
    { profile: "50M", newPlan: { name: "Fiber 50", priceCentavos: 149_900n } },
  ],
  rows: [],
};
/** The tests run the import themselves. */
const unqueued = (context: ServiceContext) => ({ ...context, enqueue: () => Promise.resolve() });

function secret(i: number): ImportedSecret {
  return {
    name: `user${String(i).padStart(4, "0")}`,
    profile: i % 3 === 0 ? "50M" : "10M",
    disabled: i % 50 === 0,
    service: "pppoe",
    comment: i % 10 === 0
      ? null
      : `Subscriber ${i % 7 === 0 ? "Ñ" : "N"} / 0917 000 ${String(i).padStart(4, "0")} / Purok 3`,
    caller_id: null,
    remote_address: null,
  };
}

/** Plays the agent: answers the read command with these secrets. Returns the batch that waits for review. */
async function read(
  world: HubWorld,
  place: Place,
  agent: AgentDouble,
  secrets: ImportedSecret[],
  profiles = [{ name: "10M", rate_limit: "10M/10M" }, { name: "50M", rate_limit: "50M/50M" }],
): Promise<string> {
  const { routerId } = place;
  const { batchId } = assertOk(await startImport(world.context, place.tenantId, MARIA, { routerId }));
  const { id } = await agent.next("command", (m) => m.kind === "router.read_secrets");
  agent.send({ t: "command.received", id });
  const chunks = chunkRows(secrets, MAX_CHUNK_BYTES / 4);
  chunks.forEach((part, i) =>
    agent.send({
      t: "command.part",
      id,
      part: i + 1,
      content: { secrets: part, profiles: i === 0 ? profiles : [] },
    })
  );
  const result = { secret_count: secrets.length, profile_count: profiles.length, parts: chunks.length };
  agent.send({ t: "command.result", id, status: "done", result });
  const status = async () =>
    (await world.inTenant(place.tenantId, (trx) => findImportBatch(trx, batchId)))?.status;
  await until(async () => await status() !== "reading", { what: "batch read" });
  assert.equal(await status(), "review");
  return batchId;
}

async function count(world: HubWorld, place: Place): Promise<Record<string, number>> {
  return await world.inTenant(place.tenantId, async (trx) => {
    const of = async (table: "subscribers" | "subscriptions" | "desired_secrets" | "plans") =>
      Number(
        (await trx.selectFrom(table).select((eb) => eb.fn.countAll<bigint>().as("n"))
          .executeTakeFirstOrThrow()).n,
      );
    const off = await trx.selectFrom("desired_secrets").select("ppp_name").where("is_disabled", "=", true)
      .execute();
    return {
      subscribers: await of("subscribers"),
      subscriptions: await of("subscriptions"),
      desired: await of("desired_secrets"),
      plans: await of("plans"),
      off: off.length,
    };
  });
}

Deno.test("the dry run of 1,000 secrets is what the import does, also when it is killed midway", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId } = place;
  const agent = await world.connect(place);
  const secrets = Array.from({ length: 1000 }, (_, i) => secret(i));
  const batchId = await read(world, place, agent, [...secrets, secret(999)]);
  const dryRun = async () => {
    const forecast = await world.inTenant(tenantId, (trx) => dryRunImport(trx, batchId));
    assert.ok(forecast);
    return forecast;
  };
  assert.equal((await dryRun()).problems.length, 3, "date and two profiles are open");
  assertRefused(
    await confirmImport(unqueued(world.context), tenantId, MARIA, { batchId }),
    "review_incomplete",
  );
  assertOk(
    await saveImportReview(world.context, tenantId, MARIA, {
      ...REVIEW,
      batchId,
      rows: [{ account: "user0001", decision: "skip" }, {
        account: "user0002",
        decision: "import",
        name: "Ana Cruz",
      }],
    }),
  );
  const forecast = await dryRun();
  assert.deepEqual(
    { ...forecast, skipped: forecast.skipped.map((s) => s.row.ppp_name) },
    {
      created: 998,
      createdDisconnected: 20,
      unmanaged: 0,
      linked: 0,
      skipped: ["user0001", "user0999"],
      boughtUntil: [],
      problems: [],
    },
  );
  const queued: unknown[] = [];
  const context: ServiceContext = {
    ...world.context,
    enqueue: (_trx, job, data) => Promise.resolve(void queued.push([job.id, data])),
  };
  assertOk(await confirmImport(context, tenantId, MARIA, { batchId }));
  assertOk(await confirmImport(context, tenantId, MARIA, { batchId }));
  assert.deepEqual(queued, [["run_import", { tenantId, batchId }]], "confirming twice queues it once");

  // Killed after two chunks, and once within a chunk: what is not committed is not there.
  assert.equal((await runImport(world.context, tenantId, batchId, { chunks: 2 })).isDone, false);
  await assert.rejects(runImport(
    {
      ...world.context,
      clock: {
        now: () => {
          throw new Error("killed");
        },
      },
    },
    tenantId,
    batchId,
  ));
  assert.equal((await count(world, place)).subscribers, 399);
  const [one, two] = await Promise.all([
    runImport(world.context, tenantId, batchId),
    runImport(world.context, tenantId, batchId),
  ]);
  assert.ok(one.isDone && two.isDone);
  assert.deepEqual(await count(world, place), {
    subscribers: forecast.created,
    subscriptions: forecast.created,
    desired: forecast.created,
    plans: 2,
    off: forecast.createdDisconnected,
  });
  const batch = await world.inTenant(tenantId, (trx) => findImportBatch(trx, batchId));
  assert.deepEqual([batch?.status, batch?.total, batch?.done, batch?.created_count, batch?.skipped_count], [
    "done",
    1000,
    1000,
    998,
    2,
  ]);
  const ana = await world.inTenant(
    tenantId,
    (trx) =>
      trx.selectFrom("subscriptions as c").innerJoin("subscribers as s", "s.id", "c.subscriber_id")
        .select(["s.name", "s.phone", "s.account_number", "c.next_bill_on", "c.billed_through_on"])
        .where("c.ppp_name", "=", "user0002").executeTakeFirstOrThrow(),
  );
  assert.equal(ana.name, "Ana Cruz");
  assert.equal(ana.phone, "09170000002");
  assert.match(ana.account_number, /^A-\d{5}$/);
  assert.deepEqual([`${ana.next_bill_on}`, `${ana.billed_through_on}`], ["2026-12-01", "2026-11-23"]);

  // The router is told the state that it already has.
  const own = new Map(secrets.map((s) => [s.name, s.disabled]));
  const { rows } = await world.inTenant(tenantId, async (trx) => ({
    rows: await trx.selectFrom("desired_secrets").select(["ppp_name", "is_disabled", "authorisation_id"])
      .execute(),
  }));
  assert.ok(rows.every((row) => own.get(row.ppp_name) === row.is_disabled));
  assert.ok(rows.every((row) => !row.is_disabled || row.authorisation_id !== null));
  await agent.close();
});

Deno.test("an import can be undone until one of its subscribers has a bill, and the answer says why not", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId } = place;
  const agent = await world.connect(place);
  const run = async (secrets: ImportedSecret[], profiles: typeof REVIEW.profiles = REVIEW.profiles) => {
    const batchId = await read(world, place, agent, secrets);
    assertOk(await saveImportReview(world.context, tenantId, MARIA, { ...REVIEW, profiles, batchId }));
    assertOk(await confirmImport(unqueued(world.context), tenantId, MARIA, { batchId }));
    await runImport(world.context, tenantId, batchId);
    return batchId;
  };
  const first = await run([1, 2, 3, 50].map(secret));
  assert.equal(assertOk(await undoImport(world.context, tenantId, MARIA, { batchId: first })).removed, 4);
  const { desired: _removed, plans: _archived, ...left } = await count(world, place);
  assert.deepEqual(left, { subscribers: 0, subscriptions: 0, off: 1 });
  assert.equal(assertOk(await undoImport(world.context, tenantId, MARIA, { batchId: first })).removed, 0);

  const second = await run([1, 2, 3].map(secret));
  world.clock.advance({ days: 9 });
  assertOk(
    await issueBills(world.context, tenantId, MARIA, { businessOn: day("2026-12-01"), trigger: "manual" }),
  );
  const refused = await undoImport(world.context, tenantId, MARIA, { batchId: second });
  assert.match(assertRefused(refused, "import_in_use"), /3 have a bill/);
  const bill = await world.inTenant(
    tenantId,
    (trx) =>
      trx.selectFrom("bills").select(["period_start", "period_end", "issued_on"]).executeTakeFirstOrThrow(),
  );
  assert.deepEqual([bill.period_start, bill.period_end].map(String), ["2026-11-23", "2026-12-01"]);

  // Reading again finds them as subscribers.
  const third = await read(world, place, agent, [1, 2, 3, 4].map(secret));
  const forecast = await world.inTenant(tenantId, (trx) => dryRunImport(trx, third));
  assert.equal(forecast?.linked, 3);
  await agent.close();
});

Deno.test("a line that came in disabled is not billed until somebody turns it on", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId } = place;
  const agent = await world.connect(place);
  const batchId = await read(world, place, agent, [secret(50)]);
  assertOk(
    await saveImportReview(world.context, tenantId, MARIA, {
      ...REVIEW,
      profiles: [REVIEW.profiles[0]!],
      batchId,
    }),
  );
  assertOk(await confirmImport(unqueued(world.context), tenantId, MARIA, { batchId }));
  await runImport(world.context, tenantId, batchId);
  const line = () =>
    world.inTenant(tenantId, (trx) => trx.selectFrom("subscriptions").selectAll().executeTakeFirstOrThrow());
  const { id, status, next_bill_on } = await line();
  assert.deepEqual([status, next_bill_on], ["disconnected", null]);
  world.clock.advance({ days: 20 });
  const resumed = { subscriptionId: id, reason: "imported_disabled" as const };
  assertOk(await resumeSubscription(world.context, tenantId, MARIA, resumed));
  const after = await line();
  assert.deepEqual([after.status, `${after.billed_through_on}`, `${after.next_bill_on}`], [
    "active",
    "2026-12-13",
    "2027-01-01",
  ]);
  await agent.close();
});

Deno.test("a review with absurd prices, dates or unfit plans is refused and changes nothing", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const batchId = await read(world, place, agent, [1, 2, 3].map(secret));
  const save = (over: Partial<Parameters<typeof saveImportReview>[3]>) =>
    saveImportReview(world.context, place.tenantId, MARIA, { ...REVIEW, batchId, ...over });
  assertRefused(await save({ firstBillOn: day("2026-10-01") }), "first_bill_too_old");
  assertRefused(await save({ firstBillOn: day("2028-01-01") }), "first_bill_too_far");
  const priced = (priceCentavos: bigint) => ({
    profiles: [{ profile: "10M", newPlan: { name: "X", priceCentavos } }],
  });
  assertRefused(await save(priced(10n ** 15n)), "price_absurd");
  assertRefused(await save(priced(-1n)), "price_absurd");
  assertRefused(await save({ profiles: [{ profile: "99M", skip: true }] }), "profile_unknown");
  assertRefused(await save({ profiles: [{ profile: "10M", planId: crypto.randomUUID() }] }), "plan_gone");
  assertRefused(await save({ rows: [{ account: "ghost", decision: "skip" }] }), "row_unknown");
  assertRefused(
    await save({ rows: [{ account: "user0001", decision: "import", phone: "call me" }] }),
    "phone_invalid",
  );
  const batch = await world.inTenant(place.tenantId, (trx) => findImportBatch(trx, batchId));
  assert.deepEqual([batch?.first_bill_on, batch?.settings], [null, {}]);
  await agent.close();
});

Deno.test("a review reaches every secret that an agent may read, also behind the first 20,000", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const batchId = await read(world, place, agent, [secret(1)]);
  await world.inTenant(place.tenantId, async (trx) => {
    const [first] = await listImportRows(trx, batchId, { limit: 1 });
    const names = Array.from({ length: MAX_ROUTER_SECRETS - 2 }, (_, i) => `user0001-${i}`);
    // The last one sorts behind all others.
    const rows = [...names, "zone"].map((name) => ({ ...first!, ppp_name: name }));
    await insertImportRows(trx, batchId, rows);
  });
  const review = { ...REVIEW, batchId, profiles: [], rows: [{ account: "zone", decision: "skip" as const }] };
  assertOk(await saveImportReview(world.context, place.tenantId, MARIA, review));
  await agent.close();
});

Deno.test("an answer with a part missing fails the import instead of importing half a router", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId, routerId } = place;
  const agent = await world.connect(place);
  const { batchId } = assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
  const { id } = await agent.next("command", (m) => m.kind === "router.read_secrets");
  agent.send({ t: "command.part", id, part: 1, content: { secrets: [secret(1)], profiles: [] } });
  agent.send({
    t: "command.result",
    id,
    status: "done",
    result: { secret_count: 2, profile_count: 0, parts: 2 },
  });
  const batch = () => world.inTenant(tenantId, (trx) => findImportBatch(trx, batchId));
  await until(async () => (await batch())?.status === "failed");
  assert.match(storedText(ENGLISH_WORDS, (await batch())?.error_message ?? ""), /not complete/);
  await agent.close();
});

Deno.test("an import takes what a form would take: services, lengths, speeds, and says what it brings in money", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId } = place;
  const agent = await world.connect(place);
  const [long, home] = [`profile ${"p".repeat(92)}`, "home"];
  const one = (name: string, over: Partial<ImportedSecret> = {}): ImportedSecret => ({
    ...secret(1),
    name,
    profile: home,
    comment: name,
    ...over,
  });
  const family = "emoji 👩‍👩‍👧‍👦 family";
  const batchId = await read(world, place, agent, [
    one("ana", { comment: family }),
    one("any", { service: "any", profile: long }),
    one("ben", { comment: "Maria ".repeat(41) }),
    one("off", { disabled: true }),
    one("tunnel", { service: "l2tp" }),
    one("vpn", { service: "ovpn" }),
  ], [{ name: home, rate_limit: "25M/25M" }, { name: long, rate_limit: "5M/5M 6M/6M" }]);
  const rows = await world.inTenant(tenantId, (trx) => listImportRows(trx, batchId, { limit: 10 }));
  assert.deepEqual(rows.map((row) => [row.ppp_name, row.service, row.decision]), [
    ["ana", "pppoe", "import"],
    ["any", "any", "import"],
    ["ben", "pppoe", "import"],
    ["tunnel", "l2tp", "skip"],
    ["off", "pppoe", "import"],
    ["vpn", "ovpn", "skip"],
  ]);
  assert.equal(rows[0]?.name, family);
  assert.ok((rows[2]?.name?.length ?? 0) <= 160 && rows[2]?.name?.endsWith("Maria"));

  const newPlan = (name: string, priceCentavos: bigint) => ({ newPlan: { name, priceCentavos } });
  assertOk(
    await saveImportReview(world.context, tenantId, MARIA, {
      ...REVIEW,
      batchId,
      profiles: [{ profile: home, ...newPlan("Home", 100_000n) }, {
        profile: long,
        ...newPlan("Long", 50_000n),
      }],
      rows: [{ account: "ovpn//vpn", decision: "import" }],
    }),
  );
  const money = () => world.inTenant(tenantId, async (trx) => (await checkImport(trx, batchId))?.money);
  const { plans, total } = (await money())!;
  assert.deepEqual(plans.map(({ name, before, after }) => [name, before, after]), [
    ["Home", 0, 3],
    ["Long", 0, 1],
  ]);
  assert.deepEqual(total, { before: 0, after: 4, beforeCentavos: 0n, afterCentavos: 350_000n });
  assertOk(await confirmImport(unqueued(world.context), tenantId, MARIA, { batchId }));
  await runImport(world.context, tenantId, batchId);
  // What was said is what came.
  assert.deepEqual(
    await world.inTenant(tenantId, async (trx) => {
      const billed = await listBilledPlans(trx);
      return billed.map(({ name, connections }) => [name, connections]);
    }),
    [["Home", 3], ["Long", 1]],
  );
  const made = await world.inTenant(tenantId, (trx) => listPlans(trx, { withArchived: false }));
  assert.deepEqual(made.map((plan) => [plan.name, plan.speed, plan.ppp_profile]), [
    ["Home", "25M/25M", home],
    ["Long", "5M/5M 6M/6M", long],
  ]);
  for (const { id, name, ppp_profile, speed } of made) {
    assertOk(
      await updatePlan(world.context, tenantId, MARIA, {
        planId: id,
        name,
        priceCentavos: centavos(1n),
        pppProfile: ppp_profile,
        speed,
      }),
    );
  }
  await agent.close();
});

Deno.test("billed now is who the bill run charges: also who is off or never cut, not who is away or stopped", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { tenantId } = place;
  const agent = await world.connect(place);
  const batchId = await read(world, place, agent, [1, 2, 4, 5, 7, 50].map(secret));
  const profiles = [REVIEW.profiles[0]!];
  assertOk(await saveImportReview(world.context, tenantId, MARIA, { ...REVIEW, profiles, batchId }));
  assertOk(await confirmImport(unqueued(world.context), tenantId, MARIA, { batchId }));
  await runImport(world.context, tenantId, batchId);
  const lines = await world.inTenant(
    tenantId,
    (trx) => trx.selectFrom("subscriptions").select(["id", "ppp_name"]).orderBy("ppp_name").execute(),
  );
  const idOf = (name: string) => lines.find((line) => line.ppp_name === name)!.id;
  const change = (
    name: string,
    set: { is_exempt: boolean } | { stopped_from_on: Temporal.PlainDate; stopped_at: Temporal.Instant },
  ) =>
    world.inTenant(
      tenantId,
      (trx) => trx.updateTable("subscriptions").set(set).where("id", "=", idOf(name)).execute(),
    );
  const policy = (suspended_policy: "charge" | "skip") =>
    world.inTenant(tenantId, (trx) => trx.updateTable("tenants").set({ suspended_policy }).execute());
  const billed = async () =>
    (await world.inTenant(tenantId, (trx) => listBilledPlans(trx))).map((plan) => plan.connections);

  // user0050 came in disabled: nobody is billed for it yet.
  assert.deepEqual(await billed(), [5]);
  await change("user0001", { is_exempt: true });
  for (const [name, reason] of [["user0002", "admin"], ["user0004", "vacation"]] as const) {
    assertOk(
      await suspendSubscription(world.context, tenantId, MARIA, {
        subscriptionId: idOf(name),
        reason,
        note: "asked",
      }),
    );
  }
  await policy("charge");
  assert.deepEqual(await billed(), [4]);
  await policy("skip");
  assert.deepEqual(await billed(), [3]);
  await change("user0005", {
    stopped_from_on: day("2026-12-01"),
    stopped_at: Temporal.Instant.from("2026-12-01T01:00:00Z"),
  });
  assert.deepEqual(await billed(), [2]);
  await agent.close();
});
