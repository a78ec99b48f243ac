import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos, sum } from "@/shared/money/mod.ts";
import { type Account, type BookEvent, type BookState, SubscriberBook } from "./mod.ts";

const day = Temporal.PlainDate.from;

function balanceOf(state: BookState, account: Account): bigint {
  return sum(state.legs.filter((leg) => leg.account === account).map((leg) => leg.amountCentavos));
}

/** The invariants (a) to (e) of the billing rules, and that the ledger tells the same story. */
function assertSound(state: BookState): void {
  for (const bill of state.bills) {
    assert.ok(
      bill.balanceCentavos >= 0n && bill.balanceCentavos <= bill.totalCentavos,
      "balance within the total",
    );
    const paid = sum(state.allocations.filter((a) => a.billId === bill.billId).map((a) => a.amountCentavos));
    assert.equal(bill.isVoid ? paid : bill.balanceCentavos + paid, bill.isVoid ? 0n : bill.totalCentavos);
  }
  const owed = sum(state.bills.map((bill) => bill.balanceCentavos));
  assert.ok(owed === 0n || state.creditCentavos === 0n, "no idle credit beside an open bill");
  assert.ok(state.allocations.every((share) => share.amountCentavos > 0n));
  assert.equal(sum(state.legs.map((leg) => leg.amountCentavos)), 0n, "entries sum to zero");
  assert.equal(balanceOf(state, "receivable"), owed);
  assert.equal(balanceOf(state, "subscriber_credit"), -state.creditCentavos);
}

const anyId = fc.integer({ min: 1, max: 5 }).map(String);
const anyAmount = fc.integer({ min: -10, max: 3000 }).map(centavos);
const anyDue = fc.integer({ min: 0, max: 60 }).map((days) => day("2026-01-01").add({ days }));
const anyEvent: fc.Arbitrary<BookEvent> = fc.oneof(
  fc.record({ kind: fc.constant("issue" as const), billId: anyId, amountCentavos: anyAmount, dueOn: anyDue }),
  fc.record({
    kind: fc.constant("pay" as const),
    paymentId: fc.uuid(),
    amountCentavos: anyAmount,
    targetBillId: anyId,
    reference: fc.integer({ min: 1, max: 30 }).map(String),
  }),
  fc.record({ kind: fc.constant("memo" as const), memoId: fc.uuid(), amountCentavos: anyAmount }),
  fc.record({ kind: fc.constant("void" as const), billId: anyId }),
  fc.record({ kind: fc.constant("refund" as const), refundId: fc.uuid(), amountCentavos: anyAmount }),
);

Deno.test("the book stays sound after every event of a random history", () => {
  const history = fc.array(fc.tuple(anyEvent, fc.option(fc.nat(20))), { maxLength: 30 });
  fc.assert(fc.property(history, (steps) => {
    const book = new SubscriberBook();
    const payments: string[] = [];
    for (const [event, reversal] of steps) {
      const before = book.state();
      const isAccepted = book.apply(event);
      if (!isAccepted) assert.deepEqual(book.state(), before, "a refused event changes nothing");
      if (isAccepted && event.kind === "pay") payments.push(event.paymentId);
      assertSound(book.state());
      const target = reversal === null ? undefined : payments[reversal];
      if (target !== undefined) book.apply({ kind: "reverse", paymentId: target });
      assertSound(book.state());
    }
  }));
});

Deno.test("a reversed payment leaves every bill that its money went to", () => {
  const book = new SubscriberBook();
  const dueOn = day("2026-02-08");
  book.apply({ kind: "issue", billId: "A", amountCentavos: centavos(100), dueOn });
  book.apply({ kind: "pay", paymentId: "p1", amountCentavos: centavos(150) });
  book.apply({ kind: "issue", billId: "B", amountCentavos: centavos(100), dueOn });
  assert.ok(book.apply({ kind: "reverse", paymentId: "p1" }));
  assert.deepEqual(book.state().bills.map((bill) => bill.balanceCentavos), [100n, 100n]);
  assert.equal(book.apply({ kind: "reverse", paymentId: "p1" }), false);
  assertSound(book.state());
});

Deno.test("a refund never exceeds the credit and cannot be had twice by reversal", () => {
  const book = new SubscriberBook();
  book.apply({ kind: "pay", paymentId: "p1", amountCentavos: centavos(150) });
  assert.equal(book.apply({ kind: "refund", refundId: "r1", amountCentavos: centavos(151) }), false);
  assert.ok(book.apply({ kind: "refund", refundId: "r2", amountCentavos: centavos(50) }));
  assert.equal(book.state().creditCentavos, 100n);
  assert.equal(book.apply({ kind: "reverse", paymentId: "p1" }), false);
});

Deno.test("a void releases the money to credit, which pays the next bill", () => {
  const book = new SubscriberBook();
  const dueOn = day("2026-02-08");
  book.apply({ kind: "issue", billId: "A", amountCentavos: centavos(100), dueOn });
  book.apply({ kind: "pay", paymentId: "p1", amountCentavos: centavos(100) });
  book.apply({ kind: "void", billId: "A" });
  assert.equal(book.state().creditCentavos, 100n);
  book.apply({ kind: "issue", billId: "B", amountCentavos: centavos(90), dueOn });
  assert.equal(book.state().creditCentavos, 10n);
  assert.equal(book.pastGrace(day("2027-01-01"), 0), 0n);
});

Deno.test("money recorded on one bill overflows to the other: no bill goes below zero (payments-19)", () => {
  const book = new SubscriberBook();
  const issue = (billId: string, amount: number, dueOn: string) =>
    book.apply({ kind: "issue", billId, amountCentavos: centavos(amount), dueOn: day(dueOn) });
  const pay = (paymentId: string, amount: number, targetBillId?: string) =>
    book.apply({
      kind: "pay",
      paymentId,
      amountCentavos: centavos(amount),
      ...(targetBillId !== undefined && { targetBillId }),
    });
  issue("A", 5000, "2026-02-08");
  pay("first", 2000, "A");
  issue("B", 7000, "2026-03-08");
  pay("second", 10000, "B");
  const { bills, creditCentavos } = book.state();
  assert.deepEqual([...bills.map((bill) => bill.balanceCentavos), creditCentavos], [0n, 0n, 0n]);
});

Deno.test("credit is applied although it does not cover the bill (payments-20)", () => {
  const book = new SubscriberBook();
  book.apply({ kind: "pay", paymentId: "early", amountCentavos: centavos(20000) });
  book.apply({ kind: "issue", billId: "A", amountCentavos: centavos(100000), dueOn: day("2026-02-08") });
  const { bills, creditCentavos } = book.state();
  assert.deepEqual([bills[0]?.balanceCentavos, creditCentavos], [80000n, 0n]);
});

Deno.test("a memo of a bill whose payment bounces comes back to it from the bill that it paid meanwhile", () => {
  const book = new SubscriberBook();
  const bill = (billId: string, month: string) =>
    book.apply({ kind: "issue", billId, amountCentavos: centavos(100_000), dueOn: day(`2026-${month}-08`) });
  bill("A", "02");
  book.apply({ kind: "pay", paymentId: "P", amountCentavos: centavos(100_000) });
  book.apply({ kind: "memo", memoId: "M", amountCentavos: centavos(30_000), targetBillId: "A" });
  bill("B", "03");
  const owed = () => book.state().bills.map((one) => one.balanceCentavos);
  assert.deepEqual(owed(), [0n, 70_000n]);
  assert.ok(book.apply({ kind: "reverse", paymentId: "P" }));
  assert.deepEqual(owed(), [70_000n, 100_000n]);
  assertSound(book.state());
});

Deno.test("all of a memo comes back to its bill, also what waited as credit, though an older bill is owed as well", () => {
  const book = new SubscriberBook();
  const bill = (billId: string, month: string) =>
    book.apply({ kind: "issue", billId, amountCentavos: centavos(100_000), dueOn: day(`2026-${month}-08`) });
  bill("A", "02");
  bill("B", "03");
  book.apply({ kind: "pay", paymentId: "P", amountCentavos: centavos(200_000) });
  book.apply({ kind: "memo", memoId: "M", amountCentavos: centavos(30_000), targetBillId: "B" });
  book.apply({ kind: "issue", billId: "C", amountCentavos: centavos(10_000), dueOn: day("2026-04-08") });
  const owed = () => book.state().bills.map((one) => one.balanceCentavos);
  assert.deepEqual(owed(), [0n, 0n, 0n]);
  assert.ok(book.apply({ kind: "reverse", paymentId: "P" }));
  assert.deepEqual(owed(), [100_000n, 70_000n, 10_000n]);
  assertSound(book.state());
});
