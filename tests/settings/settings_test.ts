import assert from "node:assert/strict";
import type { Updateable } from "kysely";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { assertOk } from "@/tests/support/expect.ts";
import type { SubscriptionsTable, TenantsTable } from "@/web/store/db/schema.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay } from "../billing/isp.ts";

const day = Temporal.PlainDate.from;

async function settings(isp: Isp, fields: Updateable<TenantsTable>): Promise<void> {
  await isp.run((trx) => trx.updateTable("tenants").set(fields).where("id", "=", isp.tenantId).execute());
}

/** Changes how the subscription with this number is billed. */
async function billing(isp: Isp, n: number, fields: Updateable<SubscriptionsTable>): Promise<void> {
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set(fields).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", isp.subscriptionIds[n]!).execute()
  );
}

/** `start end total issued due` of its bills that are not void. */
async function billsOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[n]!).where("status", "<>", "void")
      .orderBy("period_start").execute()
  );
  return rows.map((row) =>
    [row.period_start, row.period_end, row.total_centavos, row.issued_on, row.due_on].join(" ")
  );
}

async function stoppedFrom(isp: Isp, n: number): Promise<string | null> {
  const row = await isp.run((trx) =>
    trx.selectFrom("subscriptions").select("stopped_from_on").where("tenant_id", "=", isp.tenantId)
      .where("id", "=", isp.subscriptionIds[n]!).executeTakeFirstOrThrow()
  );
  return row.stopped_from_on?.toString() ?? null;
}

Deno.test("in advance a bill is issued at the start, or lead days before it, under every first bill option", async () => {
  await using database = await createTestDatabase();
  const table = {
    prorate: ["2026-01-10 2026-02-01 70968 2026-01-10 2026-01-17"],
    full: ["2026-01-10 2026-02-01 100000 2026-01-10 2026-01-17"],
    free: [],
    stub_plus_full: ["2026-01-10 2026-03-01 170968 2026-01-10 2026-01-17"],
  } as const;
  for (const [option, first] of Object.entries(table)) {
    const isp = await createIsp(database, { subscribers: 1, start: "2026-01-10T00:00:00+08:00" });
    await settings(isp, { first_bill: option as keyof typeof table, lead_days: 5 });
    await billing(isp, 0, { bill_timing: "advance", next_bill_on: day("2026-01-10") });
    await liveUntil(isp, "2026-01-10T10:00");
    assert.deepEqual(await billsOf(isp, 0), first, option);
    await liveUntil(isp, "2026-01-27T10:00");
    const february = "2026-02-01 2026-03-01 100000 2026-01-27 2026-02-03";
    assert.deepEqual(
      await billsOf(isp, 0),
      option === "stub_plus_full" ? first : [...first, february],
      option,
    );
    await assertBooksHold(isp);
  }
});

Deno.test("a longer lead counts for the very next bill in advance", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await billing(isp, 0, { bill_timing: "advance", next_bill_on: day("2026-01-01") });
  await liveUntil(isp, "2026-01-20T10:00");
  await pay(isp, 0, 5000);
  await settings(isp, { lead_days: 7 });
  await liveUntil(isp, "2026-01-26T10:00");
  assert.deepEqual((await billsOf(isp, 0)).slice(1), ["2026-02-01 2026-03-01 100000 2026-01-25 2026-02-01"]);
  await settings(isp, { lead_days: 0 });
  await liveUntil(isp, "2026-03-01T10:00");
  assert.deepEqual((await billsOf(isp, 0)).slice(2), ["2026-03-01 2026-04-01 100000 2026-03-01 2026-03-08"]);
});

Deno.test("an anniversary cycle follows the day of activation, also when it is the 31st", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2, start: "2026-01-15T00:00:00+08:00" });
  await settings(isp, { cycle_anchor: "anniversary" });
  await billing(isp, 0, { anchor_day: null, next_bill_on: day("2026-02-15") });
  const last = { activated_on: day("2026-01-31"), next_bill_on: day("2026-02-28") };
  await billing(isp, 1, { anchor_day: null, ...last });
  await liveUntil(isp, "2026-04-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), [
    "2026-01-15 2026-02-15 100000 2026-02-15 2026-02-22",
    "2026-02-15 2026-03-15 100000 2026-03-15 2026-03-22",
  ]);
  assert.deepEqual(await billsOf(isp, 1), [
    "2026-01-31 2026-02-28 100000 2026-02-28 2026-03-07",
    "2026-02-28 2026-03-31 100000 2026-03-31 2026-04-07",
  ]);
});

Deno.test("charged while cut until two bills are unpaid, then for termination; what passed is never billed", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await billing(isp, 1, { bill_timing: "advance", next_bill_on: day("2026-01-01") });
  await liveUntil(isp, "2026-03-31T10:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2]);
  assert.equal(await stoppedFrom(isp, 0), null);
  assert.equal(await stoppedFrom(isp, 1), "2026-03-01", "January and February in advance are unpaid");
  await liveUntil(isp, "2026-04-10T10:00");
  assert.equal(
    await stoppedFrom(isp, 0),
    "2026-03-01",
    "January and February are unpaid, March is not billed",
  );
  assert.equal((await billsOf(isp, 0)).length, 2);
  for (const n of [0, 1]) await pay(isp, n, 2000);
  assert.deepEqual(await offNow(isp), [2]);
  for (const n of [0, 1]) assert.equal(await stoppedFrom(isp, n), null);
  await liveUntil(isp, "2026-05-01T10:00");
  assert.deepEqual((await billsOf(isp, 0)).slice(2), ["2026-04-10 2026-05-01 70000 2026-05-01 2026-05-08"]);
  assert.deepEqual((await billsOf(isp, 1)).slice(2), [
    "2026-04-10 2026-05-01 70000 2026-04-11 2026-04-17",
    "2026-05-01 2026-06-01 100000 2026-05-01 2026-05-08",
  ]);
  assert.equal((await billsOf(isp, 2)).length, 2, "whoever does not pay stays where they were");
  await assertBooksHold(isp);
});

Deno.test("with the limit switched off a cut connection is billed on and on", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await settings(isp, { stop_after_unpaid_bills: 0 });
  await liveUntil(isp, "2026-06-01T10:00");
  assert.equal((await billsOf(isp, 0)).length, 5);
  assert.equal(await stoppedFrom(isp, 0), null);
});

Deno.test("skip bills only the days with service, and a month without any not at all", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await settings(isp, { suspended_policy: "skip" });
  await liveUntil(isp, "2026-02-20T10:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-04-10T10:00");
  await pay(isp, 1, 5000);
  await liveUntil(isp, "2026-05-01T10:00");
  // Cut on the 14th, back on the 20th: six of 28 days.
  assert.match((await billsOf(isp, 0))[1] ?? "", /^2026-02-01 2026-03-01 78571 2026-03-01/);
  // Off from 14 February to 9 April.
  assert.deepEqual((await billsOf(isp, 1)).map((bill) => bill.split(" ").slice(0, 3).join(" ")), [
    "2026-01-01 2026-02-01 100000",
    "2026-02-01 2026-03-01 46429",
    "2026-04-01 2026-05-01 70000",
  ]);
  await assertBooksHold(isp);
});

Deno.test("skip in advance takes suspended days off the next bill, and waits with bills while the service is off", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await settings(isp, { suspended_policy: "skip" });
  for (const n of [0, 1]) await billing(isp, n, { bill_timing: "advance", next_bill_on: day("2026-01-01") });
  await liveUntil(isp, "2026-01-20T10:00");
  assert.deepEqual(await offNow(isp), [0, 1], "due on the 8th, cut on the 14th");
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-03-11T10:00");
  await pay(isp, 1, 5000);
  await liveUntil(isp, "2026-05-01T10:00");
  const [, february] = await billsOf(isp, 0);
  assert.match(
    february ?? "",
    /^2026-02-01 2026-03-01 80645 2026-02-01/,
    "six of 31 days of January come off",
  );
  // January was billed whole and used for 13 days: 58065 comes off. March is charged for the 21 days from the 11th on.
  assert.deepEqual(
    (await billsOf(isp, 1)).map((bill) => bill.split(" ").slice(0, 4).join(" ")),
    [
      "2026-01-01 2026-02-01 100000 2026-01-01",
      "2026-03-01 2026-04-01 9677 2026-03-12",
      "2026-04-01 2026-05-01 100000 2026-04-01",
      "2026-05-01 2026-06-01 100000 2026-05-01",
    ].map((bill) => bill).filter((bill) => !bill.startsWith("never")),
  );
  await assertBooksHold(isp);
});

Deno.test("days that were charged under the policy of before stay charged when it becomes skip", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await billing(isp, 1, { bill_timing: "advance", next_bill_on: day("2026-01-01") });
  await liveUntil(isp, "2026-02-10T10:00");
  await pay(isp, 1, 5000);
  await liveUntil(isp, "2026-02-18T10:00");
  await settings(isp, { suspended_policy: "skip", suspended_policy_on: day("2026-02-18") });
  await liveUntil(isp, "2026-02-21T10:00");
  await pay(isp, 0, 5000);
  await liveUntil(isp, "2026-03-01T10:00");
  // Off from the 14th to the 20th; the 18th, 19th and 20th count.
  assert.match((await billsOf(isp, 0))[1] ?? "", /^2026-02-01 2026-03-01 89286 /);
  assert.deepEqual((await billsOf(isp, 1)).map((bill) => bill.split(" ")[2]), ["100000", "100000", "100000"]);
});

Deno.test("a vacation hold is never charged, whatever the policy", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const subscriptionId = isp.subscriptionIds[0]!;
  const vacation = { subscriptionId, reason: "vacation" as const };
  await liveUntil(isp, "2026-01-11T10:00");
  assertOk(
    await suspendSubscription(isp.context, isp.tenantId, isp.actor, { ...vacation, note: "Abroad" }),
  );
  await liveUntil(isp, "2026-01-21T10:00");
  assertOk(await resumeSubscription(isp.context, isp.tenantId, isp.actor, vacation));
  await liveUntil(isp, "2026-02-01T10:00");
  assert.deepEqual(await billsOf(isp, 0), ["2026-01-01 2026-02-01 67742 2026-02-01 2026-02-08"]);
});
