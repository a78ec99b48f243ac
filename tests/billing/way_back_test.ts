import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { insertBoughtBefore } from "@/web/store/billing/unbilled_coverage.ts";
import { assertBooksHold, createIsp, liveUntil, pay, todayOf } from "./isp.ts";
import { out } from "./outage_isp.ts";
import { buy, UNITS } from "./prepaid_isp.ts";
import { planEnd } from "./ends.ts";

Deno.test("the schema runs back and forward with rows in it, and refuses to run back over memos, refunds and openings", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 6 });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await isp.run((trx) => replacePrepaidUnits(trx, isp.planId, UNITS));
  await liveUntil(isp, "2026-02-02T10:00");
  const bills = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "subscriber_id"]).where("tenant_id", "=", isp.tenantId).execute()
  );
  const billOf = (n: number) => bills.find((bill) => bill.subscriber_id === isp.subscriberIds[n])!.id;
  const memo = { kind: "goodwill" as const, reason: "Slow", idempotencyKey: "memo-of-the-test" };
  const given = { ...memo, subscriberId: isp.subscriberIds[0]!, amountCentavos: centavos(20000) };
  assertOk(await issueMemo(...call, { ...given, billId: billOf(0) }));
  await pay(isp, 1, 1300);
  const refund = {
    method: "cash" as const,
    reference: "",
    reason: "Too much",
    idempotencyKey: "refund-key-1",
  };
  const back = { ...refund, subscriberId: isp.subscriberIds[1]!, amountCentavos: centavos(30000) };
  assertOk(await refundCredit(...call, back));
  const disputed = { billId: billOf(2), amountCentavos: centavos(40000), reason: "Was away" };
  assertOk(await disputeBill(...call, disputed));
  const subscriptionId = isp.subscriptionIds[3]!;
  assertOk(await changeMode(...call, { subscriptionId, to: "prepaid", when: "today" }));
  assertOk(await buy(isp, 3, { pesos: 1600 }));
  const opening = { side: "owed" as const, amountCentavos: centavos(5000), asOf: todayOf(isp) };
  assertOk(await takeOverBalance(...call, { ...opening, subscriberId: isp.subscriberIds[4]! }));
  const end = { lastDay: todayOf(isp).add({ days: 9 }), unused: "credit" as const };
  assertOk(await planEnd(...call, { ...end, subscriptionId: isp.subscriptionIds[5]! }));
  await assertBooksHold(isp);
  const kept = () =>
    isp.run(async (trx) => ({
      memos: (await trx.selectFrom("credit_memos").select("number").execute()).length,
      refunds: (await trx.selectFrom("refunds").select("number").execute()).length,
      disputes: (await trx.selectFrom("disputes").select("id").execute()).length,
    }));
  const all = { memos: 1, refunds: 1, disputes: 1 };
  const down = await migrate(database.ownerUrl, { to: "0040_open_balances" }, silentLogger);
  assert.ok(down.some(({ name }) => name === "0045_plan_ends"));
  await migrate(database.ownerUrl, {}, silentLogger);
  assert.deepEqual([await isp.run(checkInvariants), await kept()], [[], all]);
  // What the books hold is not thrown away: the whole way back is refused, and nothing of it is done.
  const wholeWay = migrate(database.ownerUrl, { to: "0035_index_reports" }, silentLogger);
  await assert.rejects(wholeWay, /Cannot run migration "0040_open_balances"/);
  assert.deepEqual(await migrate(database.ownerUrl, {}, silentLogger), [], "it is as it was");
  assert.deepEqual([await isp.run(checkInvariants), await kept()], [[], all]);
});

Deno.test("planned outages and bought time run back and forward; days of a bill that were given back are not forgotten", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-02T10:00");
  await out(isp, "2026-02-05T09:00", "2026-02-05T17:00", { kind: "scheduled" });
  const at = isp.clock.now();
  const bought = { period_start: "2025-12-01", period_end: "2026-01-01" };
  await isp.run(async (trx) => {
    await insertBoughtBefore(trx, [{ subscription_id: isp.subscriptionIds[0]!, ...bought }], at);
    await trx.updateTable("subscriptions").set({ activated_on: Temporal.PlainDate.from("2025-12-01") })
      .where("id", "=", isp.subscriptionIds[0]!).execute();
    await trx.updateTable("tenants").set({ credits_planned_outages: true }).where("id", "=", isp.tenantId)
      .execute();
  });
  const kept = () =>
    isp.run(async (trx) => ({
      outages: (await trx.selectFrom("outages").select(["kind"]).execute()).map(({ kind }) => kind),
      days: (await trx.selectFrom("charged_periods").select("why").where("state", "=", "never").execute())
        .map(({ why }) => why),
    }));
  await migrate(database.ownerUrl, { to: "0046_read_by_key" }, silentLogger);
  await migrate(database.ownerUrl, {}, silentLogger);
  assert.deepEqual(await kept(), { outages: ["scheduled"], days: ["decided"] });
  assert.deepEqual(await isp.run(checkInvariants), []);
  await isp.run(async (trx) => {
    const bill = await trx.selectFrom("bills").select("id").limit(1).executeTakeFirstOrThrow();
    await trx.insertInto("given_back_periods").values({
      tenant_id: isp.tenantId,
      subscription_id: isp.subscriptionIds[0]!,
      bill_id: bill.id,
      period_start: Temporal.PlainDate.from("2026-03-01"),
      period_end: Temporal.PlainDate.from("2026-04-01"),
      given_back_at: at,
    }).execute();
  });
  // Without them the line of that bill would be charged for days that nothing holds.
  const back = migrate(database.ownerUrl, { to: "0048_plan_outages" }, silentLogger);
  await assert.rejects(back, /Cannot run migration "0049_give_periods_back"/);
  assert.deepEqual(await migrate(database.ownerUrl, {}, silentLogger), [], "it is as it was");
});
