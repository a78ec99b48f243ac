import assert from "node:assert/strict";
import { assertBooksHold, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { cancelModeChange } from "@/web/services/billing/mode_days.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { billsOf, change, inAdvance, mode, owedBy, periods, setLine } from "@/tests/billing/mode_isp.ts";

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
