import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { NO_OWN_RULES } from "@/web/domain/billing/mod.ts";
import { agreePlanRules } from "@/web/services/billing/agree_rules.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { assertBooksHold, createIsp, liveUntil, offNow, pay } from "./isp.ts";
import { agree, balanceOf, billOf, call, feesOf, lateIsp, payOn } from "@/tests/billing/late_isp.ts";

Deno.test("a bill that is not paid by then costs 5 percent of what is unpaid, once, as a bill of its own", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 4 });
  await liveUntil(isp, "2026-02-05T12:00");
  await pay(isp, 1, 1000);
  await pay(isp, 2, 400);
  await liveUntil(isp, "2026-02-11T12:00");
  assert.deepEqual(await feesOf(isp, 0), [], "the third day late costs nothing");
  await pay(isp, 3, 1000);
  await liveUntil(isp, "2026-02-12T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  assert.deepEqual(await feesOf(isp, 1), []);
  assert.deepEqual(await feesOf(isp, 2), ["30 issued"]);
  assert.deepEqual(await feesOf(isp, 3), []);
  const [fee] = await isp.run((trx) =>
    trx.selectFrom("bills").selectAll().where("tenant_id", "=", isp.tenantId).where("kind", "=", "late_fee")
      .where("subscriber_id", "=", isp.subscriberIds[0]!).execute()
  );
  assert.equal(`${fee!.issued_on} ${fee!.due_on} ${fee!.late_fee_on}`, "2026-02-12 2026-02-19 null");
  // The fee is late by now, too, and costs no fee; the next bill is late on its own.
  await liveUntil(isp, "2026-03-11T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  await liveUntil(isp, "2026-03-12T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued", "50 issued"]);
  const earned = await isp.run((trx) =>
    trx.selectFrom("ledger_entries").select("amount_centavos").where("tenant_id", "=", isp.tenantId)
      .where("account", "=", "revenue:late_fee").execute()
  );
  assert.equal(
    earned.reduce((sum, row) => sum - row.amount_centavos, 0n),
    BigInt(100 * (50 + 50 + 30 + 50 + 50 + 50)),
  );
  await assertBooksHold(isp);
});

Deno.test("fees alone cut nobody and stop no bills (R21)", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 1, flatPesos: 100 });
  await liveUntil(isp, "2026-02-12T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["100 issued"]);
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-03-05T12:00");
  assert.equal(await balanceOf(isp, 0), 1100);
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-03-30T12:00");
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("off by default, and by the rule of the connection, else of its plan", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  const { planId } = isp;
  const flat = { kind: "flat", amountCentavos: centavos(7500) } as const;
  assertOk(await agreePlanRules(...call(isp), { planId, rules: { ...NO_OWN_RULES, lateFee: flat } }));
  assertOk(await agree(isp, 1, { lateFee: { kind: "none" } }));
  assertOk(await agree(isp, 2, { lateFee: { kind: "percent", rateBp: 1050 }, lateAfterDays: 0 }));
  await liveUntil(isp, "2026-02-09T12:00");
  assert.deepEqual(await feesOf(isp, 2), ["105 issued"]);
  await liveUntil(isp, "2026-02-14T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["75 issued"]);
  assert.deepEqual(await feesOf(isp, 1), []);
  assertRefused(
    await agree(isp, 0, { lateFee: { kind: "flat", amountCentavos: centavos(0) } }),
    "fee_out_of_range",
  );
  assertRefused(await agree(isp, 0, { lateFee: { kind: "percent", rateBp: 0 } }), "percent_out_of_range");
  assertRefused(await agree(isp, 0, { lateAfterDays: 91 }), "late_after_out_of_range");
  assertRefused(await agree(isp, 0, { reconnectionFeeCentavos: centavos(1_000_001) }), "fee_out_of_range");
});

Deno.test("a bill keeps the fee that it was issued with: switching it on or off is for the bills after it", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 1 });
  const switchTo = (late_fee_kind: "none" | "percent") =>
    isp.run((trx) =>
      trx.updateTable("tenants").set({ late_fee_kind }).where("id", "=", isp.tenantId).execute()
    );
  await switchTo("none");
  await liveUntil(isp, "2026-02-02T12:00");
  await switchTo("percent");
  await liveUntil(isp, "2026-03-02T12:00");
  assert.deepEqual(await feesOf(isp, 0), []);
  await switchTo("none");
  await liveUntil(isp, "2026-03-12T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
});

Deno.test("money that was received in time takes the fee back when it is recorded, and a part of it the part (LF-05)", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 4 });
  await liveUntil(isp, "2026-02-14T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  await payOn(isp, 0, 1000, "2026-02-11");
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  assert.equal(await balanceOf(isp, 0), 0);
  // Late money does not undo the lateness.
  await payOn(isp, 1, 1000, "2026-02-12");
  assert.deepEqual(await feesOf(isp, 1), ["50 issued"]);
  // A part in time: the fee is of the rest.
  await payOn(isp, 2, 400, "2026-02-11");
  assert.deepEqual(await feesOf(isp, 2), ["50 void", "30 issued"]);
  // Paid meanwhile: the fee comes back as credit, by a memo.
  await pay(isp, 3, 50);
  await isp.run((trx) => trx.selectFrom("bills").select("id").execute());
  const late = await billOf(isp, 3);
  await pay(isp, 3, 1000);
  assert.equal(await balanceOf(isp, 3), 0);
  assert.deepEqual(await feesOf(isp, 3), ["50 paid"]);
  const moved = await payOn(isp, 3, 1000, "2026-02-07");
  assert.equal(moved.creditCentavos, 100000n);
  assert.deepEqual(await feesOf(isp, 3), ["50 paid"], "that bill was paid by late money, this is credit");
  assert.equal(late.late_fee_on?.toString(), "2026-02-12");
  await liveUntil(isp, "2026-02-20T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  assert.deepEqual(await feesOf(isp, 2), ["50 void", "30 issued"]);
  await assertBooksHold(isp);
});

Deno.test("a fee that was paid goes back by a memo when the money for its bill turns out to be in time", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-14T12:00");
  const wrong = await pay(isp, 0, 1050);
  assert.deepEqual(await feesOf(isp, 0), ["50 paid"]);
  // Recorded with the wrong day: reversed, and recorded again with the right one.
  assertOk(await reversePayment(...call(isp), { paymentId: wrong.paymentId, reason: "Wrong day" }));
  assert.equal(await balanceOf(isp, 0), 1050);
  await pay(isp, 0, 50);
  const fee = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "paid_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("kind", "=", "late_fee").executeTakeFirstOrThrow()
  );
  // The oldest due bill is paid first; what is left of it is paid with the money of then.
  assert.equal(fee.paid_centavos, 0n);
  await payOn(isp, 0, 950, "2026-02-10");
  // ₱50 of the bill were late after all.
  assert.deepEqual(await feesOf(isp, 0), ["50 void", "2.5 issued"]);
  await assertBooksHold(isp);
});

Deno.test("a payment in time that is reversed makes the fee due again by the next run, also after it was paid anew", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-05T12:00");
  const payments = [await pay(isp, 0, 1000), await pay(isp, 1, 1000), await pay(isp, 2, 1000)];
  await liveUntil(isp, "2026-02-20T12:00");
  for (const { paymentId } of payments) {
    assertOk(await reversePayment(...call(isp), { paymentId, reason: "The check bounced" }));
  }
  await pay(isp, 1, 1000);
  await payOn(isp, 2, 1000, "2026-02-06");
  assert.deepEqual(await feesOf(isp, 0), []);
  await liveUntil(isp, "2026-02-21T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 issued"]);
  assert.deepEqual(await feesOf(isp, 1), ["50 issued"]);
  assert.deepEqual(await feesOf(isp, 2), []);
  // And once more the other way: charged, back, due again, once.
  const inTime = await payOn(isp, 0, 1000, "2026-02-06");
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  assertOk(await reversePayment(...call(isp), { paymentId: inTime.paymentId, reason: "Of somebody else" }));
  await liveUntil(isp, "2026-02-23T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 void", "50 issued"]);
  await assertBooksHold(isp);
});

Deno.test("a void bill takes its fee with it; billed again, it is late on its own", async () => {
  await using database = await createTestDatabase();
  const isp = await lateIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-14T12:00");
  const bill = await billOf(isp, 0);
  assertOk(await voidBill(...call(isp), { billId: bill.id, reason: "Wrong plan" }));
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  // Billed again the next night, due three days later.
  await liveUntil(isp, "2026-02-21T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 void"]);
  await liveUntil(isp, "2026-02-22T12:00");
  assert.deepEqual(await feesOf(isp, 0), ["50 void", "50 issued"]);
  // A fee that a person voids is not charged again, whatever happens to its bill.
  const [fee] = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).where("kind", "=", "late_fee")
      .where("subscriber_id", "=", isp.subscriberIds[1]!).orderBy("number").execute()
  );
  assertOk(await voidBill(...call(isp), { billId: fee!.id, reason: "Goodwill" }));
  await payOn(isp, 1, 10, "2026-02-10");
  await liveUntil(isp, "2026-02-25T12:00");
  assert.deepEqual(await feesOf(isp, 1), ["50 void"]);
  await assertBooksHold(isp);
});
