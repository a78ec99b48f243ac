import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { withScene } from "@/tests/support/scene.ts";
import { centavos } from "@/shared/money/mod.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { NO_OWN_RULES, type OwnRules } from "@/web/domain/billing/mod.ts";
import { agreePlanRules, agreeRules } from "@/web/services/billing/agree_rules.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow } from "./isp.ts";

const day = (text: string) => Temporal.PlainDate.from(text);

function agree(isp: Isp, n: number, rules: Partial<OwnRules>) {
  return agreeRules(isp.context, isp.tenantId, isp.actor, {
    subscriptionId: isp.subscriptionIds[n]!,
    rules: { ...NO_OWN_RULES, ...rules },
    lockIn: null,
  });
}

async function planWith(isp: Isp, rules: Partial<OwnRules>): Promise<void> {
  const { context, tenantId, actor, planId } = isp;
  assertOk(await agreePlanRules(context, tenantId, actor, { planId, rules: { ...NO_OWN_RULES, ...rules } }));
}

/** `due grace` of the newest bill of each connection. */
async function datesOf(isp: Isp): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["subscription_id", "due_on", "grace_days", "period_start"])
      .where("tenant_id", "=", isp.tenantId).orderBy("period_start").execute()
  );
  const newest = new Map(rows.map((row) => [row.subscription_id, `${row.due_on} ${row.grace_days}`]));
  return isp.subscriptionIds.map((id) => newest.get(id) ?? "none");
}

Deno.test("bills have the terms and the grace of the connection, else of its plan, else of the company, and are cut by them", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await planWith(isp, { graceDays: 2 });
  assertOk(await agree(isp, 1, { termsDays: 14 }));
  assertOk(await agree(isp, 2, { termsDays: 0, graceDays: 0 }));
  await liveUntil(isp, "2026-02-01T12:00");
  // The run's three days of notice are for late runs only: this one is not.
  assert.deepEqual(await datesOf(isp), ["2026-02-08 2", "2026-02-15 2", "2026-02-01 0"]);
  await liveUntil(isp, "2026-02-02T12:00");
  assert.deepEqual(await offNow(isp), [2]);
  await liveUntil(isp, "2026-02-11T12:00");
  assert.deepEqual(await offNow(isp), [0, 2]);
  await liveUntil(isp, "2026-02-18T12:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2]);
  // Taken away: bills that are issued keep their dates, the next ones are as the company says.
  await planWith(isp, {});
  assertOk(await agree(isp, 1, {}));
  assert.deepEqual(await datesOf(isp), ["2026-02-08 2", "2026-02-15 2", "2026-02-01 0"]);
  await liveUntil(isp, "2026-03-01T12:00");
  assert.deepEqual(await datesOf(isp), ["2026-03-08 5", "2026-03-08 5", "2026-03-01 0"]);
  await assertBooksHold(isp);
});

/** First days and totals of the bills of a connection, in pesos. */
async function billsOf(isp: Isp, n: number): Promise<string> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["period_start", "total_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("status", "=", "issued").where("subscription_id", "=", isp.subscriptionIds[n]!).orderBy(
        "period_start",
      ).execute()
  );
  return rows.map((row) => `${row.period_start.toString().slice(5)} ${row.total_centavos / 100n}`).join(", ");
}

async function stoppedNow(isp: Isp): Promise<number[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("subscriptions").select("id").where("tenant_id", "=", isp.tenantId)
      .where("stopped_from_on", "is not", null).execute()
  );
  return rows.map((row) => isp.subscriptionIds.indexOf(row.id)).sort();
}

Deno.test("days that are off are charged, and bills stop, as the connection says, else its plan, else the company", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  await planWith(isp, { stopAfterUnpaidBills: 3 });
  assertOk(await agree(isp, 1, { suspendedPolicy: "skip" }));
  assertOk(await agree(isp, 2, { stopAfterUnpaidBills: 1 }));
  assertOk(await agree(isp, 3, { stopAfterUnpaidBills: 0 }));
  // Nobody pays: all are cut on 14 February.
  await liveUntil(isp, "2026-06-01T12:00");
  assert.equal(await billsOf(isp, 0), "01-01 1000, 02-01 1000, 03-01 1000");
  assert.equal(await billsOf(isp, 1), "01-01 1000, 02-01 464", "13 of 28 days were on");
  assert.equal(await billsOf(isp, 2), "01-01 1000");
  assert.equal(await billsOf(isp, 3), "01-01 1000, 02-01 1000, 03-01 1000, 04-01 1000, 05-01 1000");
  assert.deepEqual(await stoppedNow(isp), [0, 2]);
  const audit = await isp.run((trx) =>
    trx.selectFrom("audit_entries").select("summary").where("tenant_id", "=", isp.tenantId)
      .where("action", "=", "subscription.bills_stopped").orderBy("summary").execute()
  );
  assert.deepEqual(audit.map(({ summary }) => /"count":(\d)/.exec(summary)?.[1]), ["1", "3"]);
  await assertBooksHold(isp);
});

Deno.test("a word of its own about days that are off does not reach back, and a bill made again keeps the one of then", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-20T12:00");
  // Off since the 14th; six days are charged, nine are not.
  assertOk(await agree(isp, 0, { suspendedPolicy: "skip" }));
  await liveUntil(isp, "2026-03-01T12:00");
  assert.equal(await billsOf(isp, 0), "01-01 1000, 02-01 678", "19 of 28 days");
  assert.equal(await billsOf(isp, 1), "01-01 1000, 02-01 1000");
  // From now on it is as the company says, and what is voided is made again as it was.
  assertOk(await agree(isp, 0, {}));
  const [bill] = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[1]!).where("period_start", "=", day("2026-02-01"))
      .execute()
  );
  const { context, tenantId, actor } = isp;
  assertOk(await agree(isp, 1, { suspendedPolicy: "skip" }));
  assertOk(await voidBill(context, tenantId, actor, { billId: bill!.id, reason: "Typing error" }));
  await liveUntil(isp, "2026-03-02T12:00");
  assert.equal(await billsOf(isp, 1), "01-01 1000, 02-01 1000");
  await assertBooksHold(isp);
});

Deno.test("a bill that is disputed as far as it is unpaid stops no bills", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  const { context, tenantId, actor } = isp;
  await liveUntil(isp, "2026-02-14T12:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
  const bills = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "total_centavos"]).where("tenant_id", "=", tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[1]!).execute()
  );
  for (const reason of ["abuse"] as const) {
    const off = { subscriptionId: isp.subscriptionIds[1]!, reason, note: "Resold the line" };
    assertOk(await suspendSubscription(context, tenantId, actor, off));
  }
  const amountCentavos = centavos(bills[0]!.total_centavos);
  assertOk(
    await disputeBill(context, tenantId, actor, {
      billId: bills[0]!.id,
      amountCentavos,
      reason: "Was abroad",
    }),
  );
  await liveUntil(isp, "2026-04-01T12:00");
  assert.equal(await billsOf(isp, 0), "01-01 1000, 02-01 1000");
  assert.equal(await billsOf(isp, 1), "01-01 1000, 02-01 1000, 03-01 1000");
  assert.deepEqual(await stoppedNow(isp), [0]);
  await assertBooksHold(isp);
});

Deno.test("days that no company may have are refused for a plan and a connection too", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  assertRefused(await agree(isp, 0, { graceDays: 91 }), "grace_out_of_range");
  assertRefused(await agree(isp, 0, { termsDays: -1 }), "terms_out_of_range");
  const { context, tenantId, actor, planId } = isp;
  const rules = { ...NO_OWN_RULES, termsDays: 1.5 };
  assertRefused(await agreePlanRules(context, tenantId, actor, { planId, rules }), "terms_out_of_range");
});

Deno.test("the plan form, the page of a connection and the settings say which rule holds and from where", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const subscriber = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const card = async () => (await owner.get(subscriber)).text;
    assert.match(await card(), /7 days, from the company/);
    const edit = `/admin/plans/${isp.planId}`;
    assert.match((await owner.get(`${edit}/edit`)).text, /grace 5 days, from the company/);
    assert.match((await owner.get(`${edit}/rules`)).text, /Now: 5 days, from the company/);
    assert.equal((await owner.post(`${edit}/rules`, { graceDays: "91" })).status, 422);
    assert.equal((await owner.post(`${edit}/rules`, { graceDays: "3" })).status, 303);
    assert.match((await owner.get(`${edit}/edit`)).text, /grace 3 days, from the plan/);
    assert.match(await card(), /3 days, from the plan/);
    const rules = `${subscriber}/rules`;
    const form = await owner.get(rules);
    assert.match(form.text, /Now: 3 days, from the plan/);
    const connection = isp.subscriptionIds[0]!;
    const saved = await owner.post(rules, { connection, termsDays: "0", graceDays: "", firstBill: "free" });
    assert.equal(saved.status, 303);
    assert.match((await owner.get(saved.location!)).text, /The billing rules are saved/);
    assert.match(await card(), /0 days, its own/);
    assert.doesNotMatch(await card(), /Days without service/, "said where it is not as the company says");
    const skipping = await owner.post(rules, {
      connection,
      suspendedPolicy: "skip",
      stopAfterUnpaidBills: "3",
    });
    assert.equal(skipping.status, 303);
    assert.match(await card(), /Are not charged, its own/);
    assert.match(await card(), /3 unpaid bills, its own/);
    assert.equal((await owner.post(rules, { connection, stopAfterUnpaidBills: "25" })).status, 422);
    assert.equal((await owner.post(rules, { connection, firstBill: "merge_stub_lt" })).status, 422);
    assert.match(
      (await owner.get("/admin/settings/billing")).text,
      /1 plan has and 1 connection has billing rules of their own/,
    );
  });
});
