import assert from "node:assert/strict";
import {
  assertBooksHold,
  createIsp,
  type Isp,
  liveUntil,
  offNow,
  pay,
  todayOf,
} from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp, UNITS } from "@/tests/billing/prepaid_isp.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changeMode, type ModeRequest } from "@/web/services/billing/change_mode.ts";
import { cancelModeChange } from "@/web/services/billing/mode_days.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { updateNextPlan } from "@/web/store/billing/plan_changes.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";

const change = (isp: Isp, n: number, to: ModeRequest["to"], when: ModeRequest["when"] = "today") =>
  changeMode(isp.context, isp.tenantId, isp.actor, { subscriptionId: isp.subscriptionIds[n]!, to, when });

/** Charged days of a connection: first, end, what became of them. */
const periods = (isp: Isp, n = 0) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("charged_periods as p").leftJoin(
      "bills as b",
      (on) => on.onRef("b.tenant_id", "=", "p.tenant_id").onRef("b.id", "=", "p.bill_id"),
    ).select(["p.period_start", "p.period_end", "p.why", "b.kind", "b.total_centavos"])
      .where("p.tenant_id", "=", isp.tenantId).where("p.subscription_id", "=", isp.subscriptionIds[n]!)
      .orderBy("p.period_start").execute();
    return rows.map((row) =>
      `${row.period_start} ${row.period_end} ${row.why ?? `${row.kind} ${Number(row.total_centavos) / 100}`}`
    );
  });

/** Bills of a connection: state, amount, what of it is paid. */
const billsOf = (isp: Isp, n = 0) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("bills").select(["status", "total_centavos", "paid_centavos"])
      .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", isp.subscriptionIds[n]!)
      .orderBy("number").execute();
    return rows.map((row) =>
      `${row.status === "void" ? "void " : ""}${Number(row.total_centavos) / 100} of ${
        Number(row.paid_centavos) / 100
      }`
    );
  });

const mode = (isp: Isp, n = 0) =>
  isp.run((trx) =>
    trx.selectFrom("subscriptions").select(["billing_mode", "next_bill_on"]).where(
      "tenant_id",
      "=",
      isp.tenantId,
    )
      .where("id", "=", isp.subscriptionIds[n]!).executeTakeFirstOrThrow()
  );

async function bothWays(start = "2026-01-20T08:00:00+08:00", subscribers = 2) {
  const database = await createTestDatabase();
  const isp = await createIsp(database, { start, subscribers });
  await isp.run((trx) => replacePrepaidUnits(trx, isp.planId, UNITS));
  return { isp, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

Deno.test("made prepaid today: used days come on a last bill, from then on days are bought, and the run cuts", async () => {
  await using world = await bothWays();
  const { isp } = world;
  await liveUntil(isp, "2026-01-25T08:00");
  assertOk(await change(isp, 0, "prepaid"));
  assert.deepEqual(await periods(isp), ["2026-01-20 2026-01-25 final 161.29"]);
  assert.deepEqual(await offNow(isp), [], "only the run cuts");
  const bought = assertOk(await buy(isp, 0, { count: 1, pesos: 34 }));
  assert.equal(bought.fromOn.toString(), "2026-01-25");
  await liveUntil(isp, "2026-01-26T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  await liveUntil(isp, "2026-02-02T10:00");
  assert.equal((await periods(isp)).length, 2, "no bill of February");
  assert.equal((await mode(isp)).next_bill_on, null);
  assert.equal((await periods(isp, 1)).length, 1, "the other has its bill");
  await assertBooksHold(isp);
});

Deno.test("made prepaid at the end of the cycle: planned, cancelled, planned again, made before that day's bills", async () => {
  await using world = await bothWays("2026-01-28T08:00:00+08:00");
  const { isp } = world;
  const planned = assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  assert.equal(planned.effectiveOn.toString(), "2026-02-01");
  const twice = await change(isp, 0, "prepaid");
  assert.equal(twice.ok ? "" : twice.code, "mode_change_waits");
  const cancel = () =>
    cancelModeChange(isp.context, isp.tenantId, isp.actor, { subscriptionId: isp.subscriptionIds[0]! });
  assertOk(await cancel());
  const again = await cancel();
  assert.equal(again.ok ? "" : again.code, "no_mode_change");
  assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  // Days late, and twice: the same.
  isp.clock.set(Temporal.Instant.from("2026-02-03T10:00:00+08:00"));
  await liveUntil(isp, "2026-02-03T10:00");
  assert.deepEqual(await periods(isp), ["2026-01-28 2026-02-01 final 129.03"]);
  assert.equal((await mode(isp)).billing_mode, "prepaid");
  assert.deepEqual(await offNow(isp), [0], "nothing was bought");
  assert.deepEqual((assertOk(await buy(isp, 0))).restored, [isp.subscriptionIds[0]]);
  await assertBooksHold(isp);
});

Deno.test("made postpaid: bills begin where coverage ends; days that nobody paid for are never billed", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00", subscribers: 2 });
  for (const n of [0, 1]) assertOk(await buy(isp, n, { count: 7, pesos: 199 }));
  assert.equal(assertOk(await change(isp, 0, "postpaid")).effectiveOn.toString(), "2026-01-27");
  await liveUntil(isp, "2026-01-29T10:00");
  assert.deepEqual(await offNow(isp), [1]);
  assert.equal(assertOk(await change(isp, 1, "postpaid")).effectiveOn.toString(), "2026-01-29");
  assert.deepEqual(await offNow(isp), [], "it owes nothing");
  await liveUntil(isp, "2026-02-01T10:00");
  assert.deepEqual(await periods(isp), [
    "2026-01-20 2026-01-27 prepaid 199",
    "2026-01-27 2026-02-01 recurring 161.29",
  ]);
  assert.deepEqual(await periods(isp, 1), [
    "2026-01-20 2026-01-27 prepaid 199",
    "2026-01-27 2026-01-29 uncovered",
    "2026-01-29 2026-02-01 recurring 96.77",
  ]);
  await assertBooksHold(isp);
});

Deno.test("a purchase from before the bills is not voided: they go on", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00", subscribers: 1 });
  const { billId } = assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  assertOk(await change(isp, 0, "postpaid"));
  await liveUntil(isp, "2026-02-01T10:00");
  assertRefused(
    await voidBill(isp.context, isp.tenantId, isp.actor, { billId, reason: "Wrong one" }),
    "prepaid_charged_later",
  );
  await liveUntil(isp, "2026-03-01T10:00");
  assert.equal((await periods(isp)).at(-1), "2026-02-01 2026-03-01 recurring 1000");
  await assertBooksHold(isp);
});

Deno.test("billed in advance: paid days stay as coverage, a bill that nobody has paid is voided where none of its days is used", async () => {
  await using world = await bothWays("2026-01-30T08:00:00+08:00");
  const { isp } = world;
  await isp.run(async (trx) => {
    await trx.updateTable("subscriptions").set({
      bill_timing: "advance",
      next_bill_on: Temporal.PlainDate.from("2026-01-30"),
    })
      .where("tenant_id", "=", trx.tenantId).execute();
  });
  await liveUntil(isp, "2026-01-30T08:10");
  await pay(isp, 0, 64.52);
  for (const n of [0, 1]) assertOk(await change(isp, n, "prepaid"));
  assert.deepEqual(await periods(isp, 0), ["2026-01-30 2026-02-01 recurring 64.52"]);
  assert.deepEqual([await periods(isp, 1), await billsOf(isp, 1)], [[], ["void 64.52 of 0"]]);
  await liveUntil(isp, "2026-01-31T23:00");
  assert.deepEqual(await offNow(isp), [1], "nothing covers its days");
  await liveUntil(isp, "2026-02-01T10:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
  await assertBooksHold(isp);
});

Deno.test("billed in advance and not paid: unused days are taken off that bill; paid ones become credit where that is wanted", async () => {
  await using world = await bothWays("2026-01-30T08:00:00+08:00");
  const { isp } = world;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({
      bill_timing: "advance",
      next_bill_on: Temporal.PlainDate.from("2026-01-30"),
    }).where("tenant_id", "=", trx.tenantId).execute()
  );
  await liveUntil(isp, "2026-02-02T10:00");
  await pay(isp, 0, 64.52);
  await pay(isp, 1, 1064.52);
  await liveUntil(isp, "2026-02-11T10:00");
  assertOk(await change(isp, 0, "prepaid"));
  const subscriptionId = isp.subscriptionIds[1]!;
  assertOk(await changeMode(...call, { subscriptionId, to: "prepaid", when: "today", unused: "credit" }));
  const owed = async (n: number) => {
    const books = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[n]!));
    return books.receivableCentavos - books.creditCentavos;
  };
  assert.deepEqual([await owed(0), await owed(1)], [35714n, -64286n], "10 and 18 of 28 days");
  for (const n of [0, 1]) {
    assert.equal((await periods(isp, n)).at(-1), "2026-02-01 2026-02-11 recurring 1000");
  }
  await assertBooksHold(isp);
  const given = await isp.run((trx) =>
    trx.selectFrom("credit_memos").select(["id", "bill_id"]).where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[0]!).executeTakeFirstOrThrow()
  );
  const reason = "By mistake";
  assertRefused(await voidMemo(...call, { memoId: given.id, reason }), "memo_of_mode");
  assertRefused(await voidBill(...call, { billId: given.bill_id!, reason }), "bill_has_money");
  // The days are free: they are sold, once, and bills begin where they end.
  assertOk(await buy(isp, 1, { pesos: 0 }));
  await pay(isp, 0, 357.14);
  assertOk(await change(isp, 0, "postpaid"));
  assertOk(await change(isp, 1, "postpaid"));
  await liveUntil(isp, "2026-03-02T10:00");
  assert.deepEqual((await periods(isp, 0)).slice(1), [
    "2026-02-01 2026-02-11 recurring 1000",
    "2026-02-11 2026-03-01 recurring 642.86",
    "2026-03-01 2026-04-01 recurring 1000",
  ]);
  assert.equal((await periods(isp, 1))[2], "2026-02-11 2026-03-13 prepaid 500");
  await assertBooksHold(isp);
});

/** Bills come seven days before their month. */
async function inAdvance(start: string, subscribers = 2) {
  const world = await bothWays(start, subscribers);
  await world.isp.run(async (trx) => {
    await trx.updateTable("tenants").set({ lead_days: 7 }).where("id", "=", trx.tenantId).execute();
    await trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(world.isp) })
      .where("tenant_id", "=", trx.tenantId).execute();
  });
  return world;
}

/** Sets what no way through the product sets. */
const setLine = (isp: Isp, n: number, fields: Record<string, unknown>) =>
  isp.run((trx) =>
    trx.updateTable("subscriptions").set(fields).where("tenant_id", "=", trx.tenantId)
      .where("id", "=", isp.subscriptionIds[n]!).execute()
  );

const waits = (isp: Isp) =>
  isp.run(async (trx) => {
    const moment = { today: todayOf(isp), now: isp.clock.now() };
    const needs = await listNeeds(trx, await getTenant(trx), moment);
    return needs.filter(({ kind }) => kind === "mode_waits").map(({ subject }) => subject);
  });

const logged = (isp: Isp) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("system_log").select("event").where("tenant_id", "=", trx.tenantId)
      .where("event", "in", ["mode_not_changed", "prepaid_not_renewed"]).orderBy("event").execute();
    return rows.map(({ event }) => event);
  });

Deno.test("one that is ahead of itself stops nobody: the change is refused, a planned one waits and is named", async () => {
  await using world = await bothWays("2026-01-20T08:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-02-02T10:00");
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-01-25") });
  const refused = await change(isp, 0, "prepaid");
  assert.equal(refused.ok ? "" : refused.code, "mode_ahead");
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-02-01") });
  assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-01-25") });
  await liveUntil(isp, "2026-03-02T10:00");
  assert.equal((await periods(isp, 1)).length, 2, "the other has its bill of February");
  assert.equal((await mode(isp)).billing_mode, "postpaid");
  assert.deepEqual(await waits(isp), ["Subscriber 00001"]);
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-02-01") });
  await liveUntil(isp, "2026-03-03T10:00");
  assert.equal((await mode(isp)).billing_mode, "prepaid");
  assert.equal(
    (await periods(isp)).at(-1),
    "2026-03-01 2026-03-03 final 1064.52",
    "no day that it waited is lost",
  );
  assert.deepEqual(await waits(isp), []);
  await assertBooksHold(isp);
});

Deno.test("a renewal that the database refuses is noted once a day and stops neither the others nor the day", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00", subscribers: 2 });
  for (const n of [0, 1]) {
    assertOk(await buy(isp, n, { count: 7, pesos: 1000 }));
    const subscriptionId = isp.subscriptionIds[n]!;
    assertOk(
      await switchRenewal(isp.context, isp.tenantId, isp.actor, { subscriptionId, renewsItself: true }),
    );
  }
  // Days in its way that it does not know of.
  await setLine(isp, 0, { billed_through_on: Temporal.PlainDate.from("2026-01-24") });
  await isp.run((trx) =>
    trx.updateTable("charged_periods").set({ period_start: Temporal.PlainDate.from("2026-01-23") })
      .where("tenant_id", "=", trx.tenantId).where("subscription_id", "=", isp.subscriptionIds[0]!).execute()
  );
  await liveUntil(isp, "2026-01-27T10:00");
  assert.equal((await periods(isp, 1)).length, 2, "renewed");
  assert.deepEqual(await logged(isp), Array(4).fill("prepaid_not_renewed"), "24 to 27 Jan");
});

Deno.test("planned with lead days: no bill for days that will be sold; cancelled, they are billed", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-06-15T10:00");
  for (const n of [0, 1]) await pay(isp, n, 1000);
  for (const n of [0, 1]) assertOk(await change(isp, n, "prepaid", "next_boundary"));
  await liveUntil(isp, "2026-06-28T10:00");
  const june = "2026-06-01 2026-07-01 recurring 1000";
  assert.deepEqual(await periods(isp), [june], "no bill of July");
  const subscriptionId = isp.subscriptionIds[1]!;
  assertOk(await cancelModeChange(isp.context, isp.tenantId, isp.actor, { subscriptionId }));
  await liveUntil(isp, "2026-07-01T10:00");
  assert.deepEqual(await periods(isp), [june]);
  assert.deepEqual(await periods(isp, 1), [june, "2026-07-01 2026-08-01 recurring 1000"]);
  assert.deepEqual([(await mode(isp)).billing_mode, (await mode(isp, 1)).billing_mode], [
    "prepaid",
    "postpaid",
  ]);
  assert.deepEqual(await offNow(isp), [0], "nothing was bought");
  await assertBooksHold(isp);
});

Deno.test("a bill of days to come that is not paid keeps a planned change waiting, and nobody is cut inside its terms", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-06-24T10:00");
  for (const n of [0, 1]) await pay(isp, n, 2000);
  assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  const reversed = await isp.run((trx) =>
    trx.selectFrom("payments").select("id").where("tenant_id", "=", trx.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[0]!).executeTakeFirstOrThrow()
  );
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId: reversed.id, reason: "Bounced" }),
  );
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-07-02T10:00");
  assert.equal((await mode(isp)).billing_mode, "postpaid");
  assert.deepEqual(await offNow(isp), [], "inside its terms");
  assert.deepEqual(await waits(isp), ["Subscriber 00001"]);
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-07-03T10:00");
  assert.equal((await mode(isp)).billing_mode, "prepaid");
  assert.deepEqual(await offNow(isp), [], "July is paid");
  await assertBooksHold(isp);
});

Deno.test("voided days to come: to be billed again they wait for that bill, never billed they stay on to their end", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-06-10T10:00");
  for (const [n, periods] of [[0, "bill_again"], [1, "never"]] as const) {
    const bill = await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", trx.tenantId)
        .where("subscriber_id", "=", isp.subscriberIds[n]!).executeTakeFirstOrThrow()
    );
    assertOk(
      await voidBill(isp.context, isp.tenantId, isp.actor, { billId: bill.id, reason: "Wrong", periods }),
    );
  }
  assertRefused(await change(isp, 0, "prepaid"), "mode_days_to_bill");
  assert.match(assertRefused(await change(isp, 1, "prepaid"), "mode_days_free"), /30 Jun 2026/);
  assertOk(await change(isp, 1, "prepaid", "next_boundary"));
  await liveUntil(isp, "2026-06-11T10:00");
  await pay(isp, 0, 1000);
  assertOk(await change(isp, 0, "prepaid"));
  await liveUntil(isp, "2026-06-30T10:00");
  assert.deepEqual(await offNow(isp), [], "June is paid, or given");
  await liveUntil(isp, "2026-07-01T10:00");
  assert.deepEqual(await offNow(isp), [0, 1]);
  assertOk(await buy(isp, 1, { count: 7, pesos: 1000 }));
  assert.deepEqual(await offNow(isp), [0]);
  await assertBooksHold(isp);
});

/** A plan of ₱2,000 that a connection changes to on a day. */
async function changePlanOn(isp: Isp, n: number, on: string): Promise<void> {
  const planId = uuidv7(isp.clock.now().epochMilliseconds);
  await isp.run(async (trx) => {
    await trx.insertInto("plans").values({
      tenant_id: trx.tenantId,
      id: planId,
      name: `Fiber 100 ${n}`,
      price_centavos: 200_000n,
      ppp_profile: "100M",
    }).execute();
    await replacePrepaidUnits(trx, planId, [{ unit: "days", count: 30, price_centavos: 90_000n }]);
    await updateNextPlan(trx, isp.subscriptionIds[n]!, { planId, on: Temporal.PlainDate.from(on) });
  });
}

Deno.test("the last bill charges each day by its plan; a stretch that was suspended gets none", async () => {
  await using world = await bothWays("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await changePlanOn(isp, 0, "2026-06-10");
  const subscriptionId = isp.subscriptionIds[1]!;
  const hold = { subscriptionId, reason: "vacation" as const, note: "Away" };
  assertOk(await suspendSubscription(isp.context, isp.tenantId, isp.actor, hold));
  await liveUntil(isp, "2026-06-25T08:00");
  for (const n of [0, 1]) assertOk(await change(isp, n, "prepaid"));
  assert.deepEqual(await periods(isp), [
    "2026-06-01 2026-06-10 final 1300",
    "2026-06-10 2026-06-25 final 1300",
  ], "9 of 30 days of ₱1,000, 15 of 30 of ₱2,000");
  assert.deepEqual(await periods(isp, 1), ["2026-06-01 2026-06-25 suspended"]);
  await assertBooksHold(isp);
});

Deno.test("days of the next plan are sold at its price, days before it at that of the plan", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00", subscribers: 2 });
  assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  for (const n of [0, 1]) await changePlanOn(isp, n, "2026-01-27");
  const short = await buy(isp, 0);
  assert.equal(short.ok ? "" : short.code, "prepaid_short");
  assert.equal(assertOk(await buy(isp, 0, { pesos: 900 })).fromOn.toString(), "2026-01-27");
  assertOk(await buy(isp, 1));
  assert.deepEqual((await periods(isp)).at(-1), "2026-01-27 2026-02-26 prepaid 900");
  assert.deepEqual(await periods(isp, 1), ["2026-01-20 2026-02-19 prepaid 500"]);
  await assertBooksHold(isp);
});

Deno.test("bought before a planned change: refused with its day, nothing taken; money that came early buys from that day", async () => {
  await using world = await bothWays("2026-01-28T08:00:00+08:00");
  const { isp } = world;
  assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  const once = uuidv7(isp.clock.now().epochMilliseconds);
  assert.match(assertRefused(await buy(isp, 0, { once }), "prepaid_from_later"), /1 Feb 2026/);
  const books = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[0]!));
  assert.deepEqual([books.receivableCentavos, books.creditCentavos], [0n, 0n]);
  // Paid ahead as credit: the last bill and 30 days.
  await pay(isp, 0, 629.03);
  await liveUntil(isp, "2026-02-01T00:30");
  const bought = assertOk(await buy(isp, 0, { once, pesos: 0 }));
  assert.equal(bought.fromOn.toString(), "2026-02-01");
  assert.equal(assertOk(await buy(isp, 0, { once, pesos: 0 })).duplicate, true);
  await liveUntil(isp, "2026-02-02T10:00");
  assert.deepEqual(await offNow(isp), []);
  assert.deepEqual(await periods(isp), [
    "2026-01-28 2026-02-01 final 129.03",
    "2026-02-01 2026-03-03 prepaid 500",
  ]);
  await assertBooksHold(isp);
});

const owedBy = async (isp: Isp, n: number) => {
  const books = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[n]!));
  return Number(books.receivableCentavos - books.creditCentavos) / 100;
};

Deno.test("a bill of days that have not begun: unpaid it is voided, part paid or reported its price comes back by memo, and the days are sold", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00", 3);
  const { isp } = world;
  for (const n of [0, 1, 2]) {
    await liveUntil(isp, "2026-06-02T10:00");
    await pay(isp, n, 1000);
  }
  await liveUntil(isp, "2026-06-26T10:00");
  await pay(isp, 1, 400);
  await isp.run((trx) =>
    trx.updateTable("bills").set({ bir_invoice_no: "000-1" }).where("tenant_id", "=", trx.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[2]!).where(
        "period_start",
        "=",
        Temporal.PlainDate.from("2026-07-01"),
      ).execute()
  );
  for (const n of [0, 1, 2]) assertOk(await change(isp, n, "prepaid"));
  const june = "2026-06-01 2026-07-01 recurring 1000";
  for (const n of [0, 1, 2]) assert.deepEqual(await periods(isp, n), [june], "July is free");
  assert.deepEqual(await billsOf(isp, 0), ["1000 of 1000", "void 1000 of 0"]);
  assert.deepEqual(await billsOf(isp, 1), ["1000 of 1000", "1000 of 1000"], "by 400 and the memo");
  assert.deepEqual([await owedBy(isp, 0), await owedBy(isp, 1), await owedBy(isp, 2)], [0, -400, 0]);
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-06-30T10:00");
  assert.deepEqual(await offNow(isp), [], "June is paid");
  for (const n of [0, 1, 2]) {
    const bought = assertOk(await buy(isp, n, { pesos: n === 1 ? 100 : 500 }));
    assert.equal(bought.fromOn.toString(), "2026-07-01", "no day twice");
  }
  await assertBooksHold(isp);
  // And back: bills begin where what was bought ends.
  for (const n of [0, 1, 2]) assertOk(await change(isp, n, "postpaid"));
  await setLine(isp, 0, { bill_timing: "arrears" });
  await liveUntil(isp, "2026-08-02T10:00");
  assert.deepEqual((await periods(isp, 1)).slice(1), [
    "2026-07-01 2026-07-31 prepaid 500",
    "2026-07-31 2026-08-01 recurring 32.26",
    "2026-08-01 2026-09-01 recurring 1000",
  ]);
  await assertBooksHold(isp);
});

Deno.test("a memo of days that were sold since stands, and so does their bill", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await liveUntil(isp, "2026-06-02T10:00");
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-06-26T10:00");
  await pay(isp, 0, 400);
  assertOk(await change(isp, 0, "prepaid"));
  const memo = await isp.run((trx) =>
    trx.selectFrom("credit_memos").select(["id", "bill_id"]).where("tenant_id", "=", trx.tenantId)
      .executeTakeFirstOrThrow()
  );
  assertRefused(await voidMemo(...call, { memoId: memo.id, reason: "Wrong" }), "memo_of_mode");
  assertRefused(await voidBill(...call, { billId: memo.bill_id!, reason: "Wrong" }), "bill_has_money");
  await assertBooksHold(isp);
});

Deno.test("running days and the next ones both unpaid: the rest of the first comes back by memo, the second bill is voided", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-06-11T08:00");
  await pay(isp, 1, 1000);
  await liveUntil(isp, "2026-06-26T10:00");
  const subscriptionId = isp.subscriptionIds[1]!;
  assertOk(await change(isp, 0, "prepaid"));
  assertOk(
    await changeMode(isp.context, isp.tenantId, isp.actor, {
      subscriptionId,
      to: "prepaid",
      when: "today",
      unused: "credit",
    }),
  );
  for (const n of [0, 1]) {
    assert.deepEqual(await periods(isp, n), ["2026-06-01 2026-06-26 recurring 1000"]);
    assert.equal((await billsOf(isp, n)).at(-1), "void 1000 of 0");
  }
  assert.deepEqual([await owedBy(isp, 0), await owedBy(isp, 1)], [833.33, -166.67], "25 of 30 days");
  await assertBooksHold(isp);
});

Deno.test("planned for the end of the cycle: a bill of days behind it is taken back at once; cancelled, they are billed anew", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-06-02T10:00");
  for (const n of [0, 1]) await pay(isp, n, 1000);
  await liveUntil(isp, "2026-06-25T10:00");
  await pay(isp, 1, 400);
  for (const n of [0, 1]) assertOk(await change(isp, n, "prepaid", "next_boundary"));
  assert.deepEqual([await owedBy(isp, 0), await owedBy(isp, 1)], [0, -400]);
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-06-27T10:00");
  const subscriptionId = isp.subscriptionIds[1]!;
  assertOk(await cancelModeChange(isp.context, isp.tenantId, isp.actor, { subscriptionId }));
  await liveUntil(isp, "2026-07-01T10:00");
  const june = "2026-06-01 2026-07-01 recurring 1000";
  assert.deepEqual(await periods(isp), [june]);
  assert.deepEqual(await periods(isp, 1), [june, "2026-07-01 2026-08-01 recurring 1000"]);
  assert.deepEqual([await owedBy(isp, 0), await owedBy(isp, 1)], [0, 600], "what was paid counts");
  assert.equal((await mode(isp)).billing_mode, "prepaid");
  assert.deepEqual(await offNow(isp), [0]);
  await assertBooksHold(isp);
});

Deno.test("a bill of days to come that a person voided stops no change: its days are billed to nobody", async () => {
  await using world = await inAdvance("2026-06-01T00:00:00+08:00");
  const { isp } = world;
  await liveUntil(isp, "2026-06-02T10:00");
  for (const n of [0, 1]) await pay(isp, n, 1000);
  await liveUntil(isp, "2026-06-25T10:00");
  for (const n of [0, 1]) {
    const bill = await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", trx.tenantId)
        .where("subscription_id", "=", isp.subscriptionIds[n]!).orderBy("number", "desc")
        .executeTakeFirstOrThrow()
    );
    assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, { billId: bill.id, reason: "Wrong" }));
  }
  assertOk(await change(isp, 0, "prepaid"));
  assertOk(await change(isp, 1, "prepaid", "next_boundary"));
  await liveUntil(isp, "2026-07-01T10:00");
  for (const n of [0, 1]) {
    assert.deepEqual(await periods(isp, n), ["2026-06-01 2026-07-01 recurring 1000"]);
    assert.equal((await mode(isp, n)).billing_mode, "prepaid");
  }
  assert.deepEqual(await offNow(isp), [0, 1], "nothing was bought");
  await assertBooksHold(isp);
});

Deno.test("back to bills with a purchase whose payment was taken back: refused; voided, as the refusal says, bills begin today", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00", subscribers: 2 });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const bought = [];
  for (const n of [0, 1]) bought.push(assertOk(await buy(isp, n, { count: 7, pesos: 199 })));
  for (const n of [0, 1]) {
    const payment = await isp.run((trx) =>
      trx.selectFrom("payments").select("id").where("tenant_id", "=", trx.tenantId)
        .where("subscriber_id", "=", isp.subscriberIds[n]!).executeTakeFirstOrThrow()
    );
    assertOk(await reversePayment(...call, { paymentId: payment.id, reason: "Bounced" }));
    assertRefused(await change(isp, n, "postpaid"), "prepaid_bill_open");
  }
  // Part paid it is taken back whole, and the money goes to credit.
  await pay(isp, 1, 100);
  assertRefused(await change(isp, 1, "postpaid"), "prepaid_bill_open");
  for (const n of [0, 1]) {
    assertOk(await voidBill(...call, { billId: bought[n]!.billId, reason: "Not paid" }));
    assert.equal(assertOk(await change(isp, n, "postpaid")).effectiveOn.toString(), "2026-01-20");
  }
  assert.equal(await owedBy(isp, 1), -100);
  await liveUntil(isp, "2026-02-01T10:00");
  for (const n of [0, 1]) assert.deepEqual(await periods(isp, n), ["2026-01-20 2026-02-01 recurring 387.1"]);
  await assertBooksHold(isp);
});
