import assert from "node:assert/strict";
import { assertBooksHold, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { cancelModeChange } from "@/web/services/billing/mode_days.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { billsOf, bothWays, change, mode, periods } from "@/tests/billing/mode_isp.ts";

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
