import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { type BookEvent, SubscriberBook } from "./mod.ts";

const dueOn = Temporal.PlainDate.from("2026-02-08");

const issue = (amount: number, billId = "A"): BookEvent => {
  return { kind: "issue", billId, amountCentavos: centavos(amount), dueOn };
};
const pay = (amount: number, paymentId = "p1", reference?: string): BookEvent => {
  return {
    kind: "pay",
    paymentId,
    amountCentavos: centavos(amount),
    ...(reference !== undefined && { reference }),
  };
};
const memo = (amount: number): BookEvent => ({
  kind: "memo",
  memoId: "m1",
  amountCentavos: centavos(amount),
});
const refund = (amount: number): BookEvent => {
  return { kind: "refund", refundId: "r1", amountCentavos: centavos(amount) };
};

/** Which events a new book takes, in order. */
function taken(...events: BookEvent[]): boolean[] {
  const book = new SubscriberBook();
  return events.map((event) => book.apply(event));
}

Deno.test("a bill may be of zero, not below, and a number is issued once", () => {
  assert.deepEqual(taken(issue(0), issue(5), issue(-1, "B"), issue(1, "B")), [true, false, false, true]);
});

Deno.test("the least payment and the least memo are a centavo", () => {
  assert.deepEqual(taken(pay(0), pay(-1), pay(1)), [false, false, true]);
  assert.deepEqual(taken(memo(0), memo(-1), memo(1)), [false, false, true]);
});

Deno.test("a reference is one payment; money without one may come as often as it likes", () => {
  assert.deepEqual(taken(pay(5, "p1", "x"), pay(5, "p2", "x"), pay(5, "p3", "y")), [true, false, true]);
  assert.deepEqual(taken(pay(5, "p1"), pay(5, "p2")), [true, true]);
});

Deno.test("a bill is voided once, and only one that there is", () => {
  const voided: BookEvent = { kind: "void", billId: "A" };
  assert.deepEqual(taken(voided, issue(5), issue(5, "B"), voided, voided), [false, true, true, true, false]);
});

Deno.test("a refund is of credit, from a centavo up to all of it", () => {
  assert.deepEqual(taken(pay(5), refund(0), refund(6), refund(5), refund(1)), [
    true,
    false,
    false,
    true,
    false,
  ]);
  assert.deepEqual(taken(pay(5), refund(1), refund(4)), [true, true, true]);
});

Deno.test("a memo is less earned, a payment is money, and only the payment can bounce", () => {
  const book = new SubscriberBook();
  assert.ok(book.apply(memo(5)));
  assert.deepEqual(book.state().legs.map((leg) => [leg.account, leg.amountCentavos]), [
    ["credit_memos", 5n],
    ["subscriber_credit", -5n],
  ]);
  assert.equal(book.apply({ kind: "reverse", paymentId: "m1" }), false);
  assert.ok(book.apply(pay(7)));
  assert.ok(book.apply({ kind: "reverse", paymentId: "p1" }));
  assert.equal(book.state().creditCentavos, 5n);
});

Deno.test("a bill for paying late is paid last, whatever is due first, and a bill is none unless it says so", () => {
  const book = new SubscriberBook();
  assert.ok(book.apply({ kind: "issue", billId: "fee", amountCentavos: centavos(5), dueOn, isFee: true }));
  assert.ok(
    book.apply({
      kind: "issue",
      billId: "later",
      amountCentavos: centavos(5),
      dueOn: dueOn.add({ days: 9 }),
    }),
  );
  assert.ok(book.apply(pay(7)));
  assert.deepEqual(
    book.state().bills.map(({ billId, isFee, balanceCentavos }) => [billId, isFee, balanceCentavos]),
    [
      ["fee", true, 3n],
      ["later", false, 0n],
    ],
  );
});
