import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { assertBooksHold, liveUntil, offNow, pay, todayOf } from "@/tests/billing/isp.ts";
import { buy } from "@/tests/billing/prepaid_isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { cancelPayerChange } from "@/web/services/billing/payer_days.ts";
import { previewBills } from "@/web/services/billing/preview_bills.ts";
import { readPayerEffect } from "@/web/services/billing/payer_effect.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { advance, billsOf, days, move, owed, payerOf, voidIt, world } from "@/tests/billing/payer_isp.ts";
import { endConnection } from "./ends.ts";

Deno.test("in the middle of a period: days until then are billed to the old payer at once, the rest to the new one", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-01-20T08:00");
  const done = assertOk(await move(isp, 0, 1));
  assert.equal(done.isPlanned, false);
  assert.deepEqual(await days(isp), ["01-01 01-20 0 612.9"]);
  assert.equal(await owed(isp, 0), 612.9);
  assert.equal(await owed(isp, 1), 0);
  await liveUntil(isp, "2026-03-01T10:00");
  assert.deepEqual(await days(isp), ["01-01 01-20 0 612.9", "01-20 02-01 1 387.1", "02-01 03-01 1 1000"]);
  assert.deepEqual((await billsOf(isp, 0)).map((bill) => bill.kind), ["final"]);
  await assertBooksHold(isp);
});

Deno.test("debt stays with who made it and cuts nobody else: a cut connection comes back with its new payer", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-02-14T10:00");
  await pay(isp, 1, 1000);
  await pay(isp, 2, 1000);
  assert.deepEqual(await offNow(isp), [0]);
  const effect = await isp.run(async (trx) => {
    const [tenant, row] = [await getTenant(trx), await lockSubscription(trx, isp.subscriptionIds[0]!)];
    return await readPayerEffect(trx, tenant, row!, { today: todayOf(isp), when: "today", unused: "keep" });
  });
  assert.equal(effect.owedCentavos, 100_000n, "shown before");
  assertOk(await move(isp, 0, 1));
  assert.deepEqual(await offNow(isp), []);
  assert.equal(await owed(isp, 0), 1464.29, "January, and 13 of 28 days of February");
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-03-02T10:00");
  await pay(isp, 2, 1000);
  assert.deepEqual(await offNow(isp), []);
  await liveUntil(isp, "2026-03-14T10:00");
  assert.deepEqual(await offNow(isp), [0, 1], "cut for what the new payer owes himself");
  await pay(isp, 1, 1535.71);
  assert.deepEqual(await offNow(isp), [], "and back by his money alone");
  assert.equal(await owed(isp, 0), 1464.29);
  await assertBooksHold(isp);
});

Deno.test("at the end of the cycle: it waits, is cancelled, waits again, and is made before that day's bills, late too", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-01-20T08:00");
  const planned = assertOk(await move(isp, 0, 1, { when: "next_boundary" }));
  assert.equal(`${planned.effectiveOn} ${planned.isPlanned}`, "2026-02-01 true");
  assertRefused(await move(isp, 0, 2), "payer_change_waits");
  const cancel = () =>
    cancelPayerChange(isp.context, isp.tenantId, isp.actor, { subscriptionId: isp.subscriptionIds[0]! });
  assertOk(await cancel());
  assertRefused(await cancel(), "no_payer_change");
  assertOk(await move(isp, 0, 1, { when: "next_boundary" }));
  assert.equal(await payerOf(isp), 0);
  isp.clock.set(Temporal.Instant.from("2026-02-03T10:00:00+08:00"));
  await liveUntil(isp, "2026-02-03T10:00");
  assert.equal(await payerOf(isp), 1);
  assert.deepEqual(await days(isp), ["01-01 02-01 0 1000"]);
  await liveUntil(isp, "2026-03-01T10:00");
  assert.deepEqual(await days(isp), ["01-01 02-01 0 1000", "02-01 03-01 1 1000"]);
  await assertBooksHold(isp);
});

Deno.test("a void of an old bill bills its days again to the old payer, and the preview says so", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-02-10T08:00");
  assertOk(await move(isp, 0, 1));
  const [january, stub] = await billsOf(isp, 0);
  assertOk(await voidIt(isp, january!.id));
  assertOk(await voidIt(isp, stub!.id));
  const preview = await isp.run(async (trx) =>
    previewBills(trx, await getTenant(trx), {
      businessOn: todayOf(isp).add({ days: 1 }),
      today: todayOf(isp),
      at: isp.clock.now(),
    })
  );
  assert.deepEqual(preview.rows.map((row) => isp.subscriberIds.indexOf(row.subscriberId)), [0, 0]);
  await liveUntil(isp, "2026-03-01T10:00");
  assert.deepEqual(await days(isp), [
    "01-01 02-01 0 1000",
    "02-01 02-10 0 321.43",
    "02-10 03-01 1 678.57",
  ]);
  assert.equal(await owed(isp, 0), 1321.43);
  await assertBooksHold(isp);
  const [own] = await billsOf(isp, 1);
  assertOk(await voidIt(isp, own!.id));
  await liveUntil(isp, "2026-03-02T10:00");
  assert.equal((await days(isp)).at(-1), "02-10 03-01 1 678.57");
  await assertBooksHold(isp);
});

Deno.test("billed in advance: the period stays paid to its end, or its rest becomes credit and the new payer pays it", async () => {
  await using w = await world();
  const { isp } = w;
  await advance(isp);
  await liveUntil(isp, "2026-01-11T08:00");
  for (const n of [0, 2]) await pay(isp, n, 1000);
  assertOk(await move(isp, 0, 1));
  assert.deepEqual(await days(isp), ["01-01 02-01 0 1000"], "nothing is billed for days that are paid");
  assertOk(await move(isp, 2, 1, { unused: "credit" }));
  assert.equal(await owed(isp, 2), -677.42, "21 of 31 days");
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-02-01T10:00");
  assert.deepEqual(await days(isp), ["01-01 02-01 0 1000", "02-01 03-01 1 1000"]);
  assert.deepEqual(await days(isp, 2), ["01-01 01-11 2 1000", "01-11 02-01 1 677.42", "02-01 03-01 1 1000"]);
  await assertBooksHold(isp);
  const memo = await isp.run((trx) =>
    trx.selectFrom("credit_memos").select("id").where("tenant_id", "=", isp.tenantId)
      .executeTakeFirstOrThrow()
  );
  const taken = await voidMemo(isp.context, isp.tenantId, isp.actor, { memoId: memo.id, reason: "no" });
  assertRefused(taken, "payer_settled");
  const [old] = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[2]!).execute()
  );
  assert.equal((await voidIt(isp, old!.id)).ok, false, "its days would be given back twice");
});

Deno.test("an advance bill that is kept: days suspended behind the change are given back to who paid for them", async () => {
  await using w = await world();
  const { isp } = w;
  await advance(isp);
  const suspended = (n: number) =>
    suspendSubscription(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[n]!,
      reason: "vacation",
      note: "away",
    });
  await liveUntil(isp, "2026-01-06T08:00");
  for (const n of [0, 1, 2]) await pay(isp, n, 1000);
  assertOk(await suspended(0));
  await liveUntil(isp, "2026-01-16T08:00");
  assertOk(await move(isp, 0, 1));
  assert.equal(await owed(isp, 0), -322.58, "10 of 31 days before the change");
  assert.deepEqual(await offNow(isp), [0], "who pays has no say in a vacation");
  await liveUntil(isp, "2026-02-01T10:00");
  assert.equal(await owed(isp, 0), -838.71, "26 days in all");
  assert.equal(await owed(isp, 1), 1000, "nothing of it is his");
  await assertBooksHold(isp);
});

Deno.test("days that the old payer keeps are not given back to the new one: not by a cheaper plan, not by the end", async () => {
  await using w = await world();
  const { isp } = w;
  await advance(isp);
  await liveUntil(isp, "2026-01-06T08:00");
  await pay(isp, 0, 1000);
  assertOk(await move(isp, 0, 1));
  const planId = uuidv7(1);
  await isp.run((trx) =>
    trx.insertInto("plans").values({
      tenant_id: isp.tenantId,
      id: planId,
      name: "Fiber 20",
      price_centavos: 60_000n,
      ppp_profile: "20M",
    }).execute()
  );
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const subscriptionId = isp.subscriptionIds[0]!;
  const today = { netNowCentavos: centavos(-33548) };
  assertRefused(await changePlan(...call, { subscriptionId, planId, today }), "plan_change_prepaid");
  const before = await owed(isp, 1);
  const ended = await endConnection(...call, {
    subscriptionId,
    lastDay: todayOf(isp),
    unused: "credit",
    netCentavos: centavos(0),
  });
  assertOk(ended);
  assert.deepEqual([await owed(isp, 0), await owed(isp, 1)], [0, before]);
  await assertBooksHold(isp);
});

Deno.test("days that the old payer keeps and has not paid cover nobody: the new one does not pay up front before", async () => {
  await using w = await world();
  const { isp } = w;
  await advance(isp);
  await liveUntil(isp, "2026-01-06T08:00");
  assertOk(await move(isp, 0, 1));
  const prepaid = () =>
    changeMode(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      to: "prepaid",
      when: "today",
      unused: "credit",
    });
  assertRefused(await prepaid(), "mode_bill_of_payer");
  await pay(isp, 0, 1000);
  const before = await owed(isp, 1);
  assertOk(await prepaid());
  await liveUntil(isp, "2026-01-08T10:00");
  assert.deepEqual([await offNow(isp), await owed(isp, 1)], [[], before], "paid, and nobody's credit");
  await assertBooksHold(isp);
});

Deno.test("a prepaid connection keeps its coverage; credit stays with the old payer and buys nothing for the new one", async () => {
  await using w = await world({ start: "2026-01-20T08:00:00+08:00" }, true);
  const { isp } = w;
  assertOk(await buy(isp, 0, { count: 7, pesos: 1000 }));
  const renewal = { subscriptionId: isp.subscriptionIds[0]!, renewsItself: true };
  assertOk(await switchRenewal(isp.context, isp.tenantId, isp.actor, renewal));
  await liveUntil(isp, "2026-01-22T08:00");
  assertOk(await move(isp, 0, 1));
  assert.equal(await owed(isp, 0), -801);
  await liveUntil(isp, "2026-01-26T10:00");
  assert.ok(!(await offNow(isp)).includes(0), "covered until the last day");
  await liveUntil(isp, "2026-01-27T10:00");
  assert.ok((await offNow(isp)).includes(0));
  assert.equal(await owed(isp, 0), -801);
  assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  assert.ok(!(await offNow(isp)).includes(0));
  assert.deepEqual(await days(isp), ["01-20 01-27 0 199", "01-27 02-03 1 199"]);
  await assertBooksHold(isp);
});

Deno.test("a purchase whose payment was reversed stands against a change: it is paid or void first", async () => {
  await using w = await world({ start: "2026-01-20T08:00:00+08:00" }, true);
  const { isp } = w;
  const bought = assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  const { paymentId } = bought;
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId: paymentId!, reason: "bounced" }),
  );
  assertRefused(await move(isp, 0, 1), "prepaid_bill_open");
  assertOk(await voidIt(isp, bought.billId));
  assertOk(await move(isp, 0, 1));
  await assertBooksHold(isp);
});

Deno.test("a payment that is taken back after the change opens the old payer's bills and cuts nobody", async () => {
  await using w = await world();
  const { isp } = w;
  await liveUntil(isp, "2026-02-05T08:00");
  const paid = await pay(isp, 0, 1000);
  assertOk(await move(isp, 0, 1));
  await pay(isp, 1, 1000);
  await pay(isp, 2, 1000);
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, {
      paymentId: paid.paymentId,
      reason: "bounced",
    }),
  );
  assert.equal(await owed(isp, 0), 1142.86);
  await liveUntil(isp, "2026-02-20T10:00");
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});
