import assert from "node:assert/strict";
import { storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { findBrokenAuditEntry } from "@/web/services/audit.ts";
import { cancelPlanChange, changePlan } from "@/web/services/billing/change_plan.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay } from "./isp.ts";

const day = Temporal.PlainDate.from;

/** A second and a third plan, each with a profile of its own. */
async function addPlans(isp: Isp): Promise<[string, string]> {
  const ids: [string, string] = [uuidv7(1), uuidv7(2)];
  await isp.run((trx) =>
    trx.insertInto("plans").values(ids.map((id, i) => ({
      tenant_id: isp.tenantId,
      id,
      name: `Fiber ${(i + 1) * 100}`,
      price_centavos: BigInt((i + 1) * 150_000),
      ppp_profile: `${(i + 1) * 100}M`,
    }))).execute()
  );
  return ids;
}

function change(isp: Isp, n: number, planId: string) {
  const input = { subscriptionId: isp.subscriptionIds[n]!, planId };
  return changePlan(isp.context, isp.tenantId, isp.actor, input);
}

function cancel(isp: Isp, n: number) {
  return cancelPlanChange(isp.context, isp.tenantId, isp.actor, { subscriptionId: isp.subscriptionIds[n]! });
}

/** `start total` of each bill. */
async function billsOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["period_start", "total_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[n]!).orderBy("period_start").execute()
  );
  return rows.map((row) => `${row.period_start} ${row.total_centavos}`);
}

async function profileOf(isp: Isp, n: number): Promise<string | null> {
  const row = await isp.run((trx) =>
    trx.selectFrom("desired_secrets").select("profile").where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[n]!).executeTakeFirstOrThrow()
  );
  return row.profile;
}

async function timelineOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("audit_entries").select("summary").where("tenant_id", "=", isp.tenantId)
      .where("subject_id", "=", isp.subscriptionIds[n]!).orderBy("sequence").execute()
  );
  return rows.map((row) => storedText(ENGLISH_WORDS, row.summary));
}

Deno.test("a plan change counts from the next cycle: price of the bills, speed on the router, told on the timeline", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  const [faster] = await addPlans(isp);
  await liveUntil(isp, "2026-01-16T10:00");
  await pay(isp, 0, 9000);
  const agreed = assertOk(await change(isp, 0, faster));
  assert.deepEqual([agreed.effectiveOn.toString(), agreed.isImmediate], ["2026-02-01", false]);
  await liveUntil(isp, "2026-01-31T23:59");
  assert.equal(await profileOf(isp, 0), "50M");
  isp.notified.length = 0;
  await liveUntil(isp, "2026-02-01T00:05");
  assert.equal(await profileOf(isp, 0), "100M");
  assert.deepEqual(isp.notified, [isp.routerIds[0]]);
  await liveUntil(isp, "2026-03-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), ["2026-01-01 100000", "2026-02-01 150000"]);
  assert.deepEqual(await billsOf(isp, 1), ["2026-01-01 100000", "2026-02-01 100000"]);
  assert.deepEqual((await timelineOf(isp, 0)).filter((text) => text.startsWith("Plan")), [
    "Plan changes to Fiber 100 at ₱1,500.00 on 1 Feb 2026",
    "Plan changed from Fiber 50 to Fiber 100",
  ]);
  assert.equal(await isp.run(findBrokenAuditEntry), null);
  await assertBooksHold(isp);
});

Deno.test("of two plan changes the last one wins, and a cancelled one never happens", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  const [faster, fastest] = await addPlans(isp);
  await liveUntil(isp, "2026-01-10T10:00");
  for (const n of [0, 1]) {
    await pay(isp, n, 9000);
    assertOk(await change(isp, n, faster));
    assertOk(await change(isp, n, fastest));
  }
  assertOk(await cancel(isp, 1));
  assertRefused(await cancel(isp, 1), "no_plan_change");
  await liveUntil(isp, "2026-03-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), ["2026-01-01 100000", "2026-02-01 300000"]);
  assert.deepEqual(await billsOf(isp, 1), ["2026-01-01 100000", "2026-02-01 100000"]);
  assert.equal(await profileOf(isp, 1), "50M");
});

Deno.test("a plan change is refused with the reason: same plan, no such plan, another tenant's connection", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const other = await createIsp(database, { subscribers: 1 });
  assertRefused(await change(isp, 0, isp.planId), "same_plan");
  assertRefused(await change(isp, 0, other.planId), "plan_not_found");
  const theirs = { subscriptionId: other.subscriptionIds[0]!, planId: isp.planId };
  assertRefused(await changePlan(isp.context, isp.tenantId, isp.actor, theirs), "subscription_not_found");
});

Deno.test("in advance a plan change waits until after what is billed already", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const [faster, fastest] = await addPlans(isp);
  await isp.run(async (trx) => {
    await trx.updateTable("tenants").set({ lead_days: 5 }).where("id", "=", isp.tenantId).execute();
    await trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: day("2026-01-01") })
      .where("tenant_id", "=", isp.tenantId).execute();
  });
  await pay(isp, 0, 9000);
  await liveUntil(isp, "2026-01-28T10:00");
  assert.equal(assertOk(await change(isp, 0, faster)).effectiveOn.toString(), "2026-03-01");
  await liveUntil(isp, "2026-02-26T10:00");
  assertRefused(await change(isp, 0, fastest), "plan_change_under_way");
  assertRefused(await cancel(isp, 0), "plan_change_under_way");
  await liveUntil(isp, "2026-02-28T23:59");
  assert.equal(await profileOf(isp, 0), "50M", "the bill of February stands, and its speed with it");
  await liveUntil(isp, "2026-03-02T10:00");
  assert.deepEqual(await billsOf(isp, 0), ["2026-01-01 100000", "2026-02-01 100000", "2026-03-01 150000"]);
  assert.equal(await profileOf(isp, 0), "100M");
});

Deno.test("a plan change keeps to cycles that end with the month, on every anchor from 29 to 31", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2027-12-31T00:00:00+08:00" });
  const [faster] = await addPlans(isp);
  for (const [n, anchor] of [29, 30, 31].entries()) {
    await isp.run((trx) =>
      trx.updateTable("subscriptions").set({
        anchor_day: anchor,
        next_bill_on: Temporal.PlainDate.from({ year: 2028, month: 1, day: anchor }),
        activated_on: Temporal.PlainDate.from({ year: 2027, month: 12, day: anchor }),
      }).where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[n]!).execute()
    );
    await pay(isp, n, 9000);
  }
  await liveUntil(isp, "2028-02-10T10:00");
  for (const n of [0, 1, 2]) {
    assert.equal(assertOk(await change(isp, n, faster)).effectiveOn.toString(), "2028-02-29");
  }
  await liveUntil(isp, "2028-04-01T10:00");
  for (const [n, anchor] of [29, 30, 31].entries()) {
    assert.deepEqual(await billsOf(isp, n), [
      `2027-12-${anchor} 100000`,
      `2028-01-${anchor} 100000`,
      "2028-02-29 150000",
    ]);
  }
  await assertBooksHold(isp);
});

Deno.test("a server that was down over the change bills the days before it at the old price", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const [faster] = await addPlans(isp);
  await liveUntil(isp, "2026-01-20T10:00");
  assertOk(await change(isp, 0, faster));
  isp.clock.set("2026-04-02T10:00:00+08:00");
  await liveUntil(isp, "2026-04-02T11:00");
  assert.deepEqual(await billsOf(isp, 0), ["2026-01-01 100000", "2026-02-01 150000", "2026-03-01 150000"]);
  assert.equal(await profileOf(isp, 0), "100M");
});
