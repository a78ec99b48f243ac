import assert from "node:assert/strict";
import fc from "fast-check";
import { AMOUNT_MAX, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import {
  allocatePayment,
  applyCredit,
  assertBalanced,
  cashAccount,
  checkPayment,
  comparePaidFirst,
  legsOfAllocation,
  legsOfBillIssued,
  legsOfBillVoided,
  legsOfPaymentPosted,
  legsOfPaymentReversed,
} from "./mod.ts";

const day = Temporal.PlainDate.from;

function open(billId: string, balance: number, dueOn = "2026-02-08", periodStart = "2026-01-01") {
  return {
    billId,
    number: billId,
    balanceCentavos: centavos(balance),
    dueOn: day(dueOn),
    periodStart: day(periodStart),
  };
}

const anyOpen = fc.uniqueArray(
  fc.record({
    billId: fc.integer({ min: 1, max: 99 }).map(String),
    balanceCentavos: fc.integer({ min: 0, max: 5000 }).map(centavos),
    dueOn: fc.integer({ min: 0, max: 9 }).map((days) => day("2026-01-01").add({ days })),
    periodStart: fc.integer({ min: 0, max: 3 }).map((months) => day("2025-09-01").add({ months })),
  }).map((bill) => ({ ...bill, number: `SOA-${bill.billId}` })),
  { selector: (bill) => bill.billId, maxLength: 6 },
);

Deno.test("allocatePayment pays the target, then the oldest due, and keeps the rest as credit", () => {
  const openBills = [open("B", 100, "2026-03-08"), open("A", 100), open("C", 100, "2026-04-08")];
  const input = { openBills, targetBillId: "C", amountCentavos: centavos(250) };
  assert.deepEqual(allocatePayment(input), {
    allocations: [
      { billId: "C", amountCentavos: 100n },
      { billId: "A", amountCentavos: 100n },
      { billId: "B", amountCentavos: 50n },
    ],
    creditCentavos: 0n,
  });
  assert.equal(allocatePayment({ ...input, amountCentavos: centavos(301) }).creditCentavos, 1n);
  assert.equal(allocatePayment({ ...input, targetBillId: "gone" }).allocations[0]?.billId, "A");
});

Deno.test("of bills with one due date the oldest period is paid first, then the lowest number", () => {
  const late = [
    open("SOA-1000000", 100, "2026-04-05", "2026-03-01"),
    open("SOA-999999", 100, "2026-04-05", "2026-03-01"),
    open("SOA-000003", 100, "2026-04-05", "2026-02-01"),
    open("SOA-000009", 100, "2026-04-05", "2026-01-01"),
    open("SOA-000010", 100, "2026-03-31", "2026-03-01"),
  ];
  const input = { openBills: late, targetBillId: null, amountCentavos: centavos(450) };
  assert.deepEqual(allocatePayment(input).allocations.map((share) => share.billId), [
    "SOA-000010",
    "SOA-000009",
    "SOA-000003",
    "SOA-999999",
    "SOA-1000000",
  ]);
});

Deno.test("the same bills are paid in whatever order they are given, by a payment and by credit", () => {
  const shuffled = anyOpen.chain((bills) =>
    fc.tuple(
      fc.constant(bills),
      fc.shuffledSubarray(bills, { minLength: bills.length, maxLength: bills.length }),
    )
  );
  fc.assert(
    fc.property(shuffled, fc.integer({ min: 1, max: 20000 }), ([openBills, others], amount) => {
      const input = { amountCentavos: centavos(amount), targetBillId: null };
      const paid = allocatePayment({ ...input, openBills });
      assert.deepEqual(allocatePayment({ ...input, openBills: others }), paid);
      const sources = [{ sourceId: "p", availableCentavos: centavos(amount) }];
      assert.deepEqual(applyCredit({ sources, openBills: others }), applyCredit({ sources, openBills }));
      const inOrder = openBills.toSorted(comparePaidFirst).filter((bill) => bill.balanceCentavos > 0n);
      assert.deepEqual(
        paid.allocations.map((share) => share.billId),
        inOrder.slice(0, paid.allocations.length).map((bill) => bill.billId),
        "nothing is paid before what stands in front of it",
      );
      for (const [i, bill] of inOrder.slice(0, -1).entries()) {
        const next = inOrder[i + 1]!;
        const byDue = Temporal.PlainDate.compare(bill.dueOn, next.dueOn);
        const byPeriod = Temporal.PlainDate.compare(bill.periodStart, next.periodStart);
        assert.ok(
          byDue < 0 || byDue === 0 && (byPeriod < 0 || byPeriod === 0 && bill.number !== next.number),
        );
      }
    }),
  );
});

Deno.test("allocatePayment refuses an amount that is not above zero", () => {
  for (const amount of [0, -1]) {
    const input = { openBills: [], targetBillId: null, amountCentavos: centavos(amount) };
    assert.throws(() => allocatePayment(input), /Cannot allocate payment/);
  }
});

Deno.test("allocatePayment never creates or loses a centavo, nor pays a bill twice", () => {
  fc.assert(
    fc.property(anyOpen, fc.integer({ min: 1, max: 20000 }), fc.nat(99), (openBills, amount, target) => {
      const input = { openBills, amountCentavos: centavos(amount), targetBillId: String(target) };
      const { allocations, creditCentavos } = allocatePayment(input);
      assert.equal(
        sum([creditCentavos, ...allocations.map((share) => share.amountCentavos)]),
        BigInt(amount),
      );
      assert.equal(new Set(allocations.map((share) => share.billId)).size, allocations.length);
      for (const share of allocations) {
        const bill = openBills.find(({ billId }) => billId === share.billId);
        assert.ok(share.amountCentavos > 0n && share.amountCentavos <= (bill?.balanceCentavos ?? ZERO));
      }
      const owed = sum(openBills.map((bill) => bill.balanceCentavos));
      assert.equal(creditCentavos > 0n, BigInt(amount) > owed, "credit only when every bill is paid");
    }),
  );
});

Deno.test("applyCredit spends the oldest source first and leaves no credit beside an open bill", () => {
  const sources = [
    { sourceId: "p1", availableCentavos: centavos(50000) },
    { sourceId: "p2", availableCentavos: centavos(30000) },
  ];
  assert.deepEqual(applyCredit({ sources, openBills: [open("A", 60000)] }), [
    { sourceId: "p1", billId: "A", amountCentavos: 50000n },
    { sourceId: "p2", billId: "A", amountCentavos: 10000n },
  ]);
  const anySources = fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 5 });
  fc.assert(fc.property(anySources, anyOpen, (amounts, openBills) => {
    const given = amounts.map((amount, i) => ({ sourceId: `p${i}`, availableCentavos: centavos(amount) }));
    const spent = sum(applyCredit({ sources: given, openBills }).map((share) => share.amountCentavos));
    const available = sum(given.map((source) => source.availableCentavos));
    const owed = sum(openBills.map((bill) => bill.balanceCentavos));
    assert.equal(spent, available < owed ? available : owed);
  }));
});

Deno.test("checkPayment refuses zero, absurd amounts and a received date in the future", () => {
  const fine = { amountCentavos: centavos(100), receivedOn: day("2026-03-01"), today: day("2026-03-01") };
  assert.equal(assertOk(checkPayment(fine)), null);
  for (const most of [centavos(1), AMOUNT_MAX]) assertOk(checkPayment({ ...fine, amountCentavos: most }));
  assertRefused(checkPayment({ ...fine, amountCentavos: ZERO }), "payment_amount_not_positive");
  assertRefused(checkPayment({ ...fine, amountCentavos: centavos(10n ** 15n) }), "payment_amount_too_large");
  assertRefused(checkPayment({ ...fine, receivedOn: day("2026-03-02") }), "received_on_in_future");
});

Deno.test("legs are balanced, name their subscriber and leave out zero", () => {
  const bill = {
    subscriberId: "s1",
    lines: [
      { kind: "recurring" as const, amountCentavos: centavos(100) },
      { kind: "recurring" as const, amountCentavos: centavos(50) },
      { kind: "one_time" as const, amountCentavos: centavos(0) },
    ],
  };
  assert.deepEqual(legsOfBillIssued(bill), [
    { account: "receivable", subscriberId: "s1", amountCentavos: 150n },
    { account: "revenue:recurring", subscriberId: null, amountCentavos: -150n },
  ]);
  assert.deepEqual(legsOfBillIssued({ subscriberId: "s1", lines: [] }), []);
  assert.deepEqual(legsOfAllocation({ subscriberId: "s1", amountCentavos: centavos(40) }), [
    { account: "subscriber_credit", subscriberId: "s1", amountCentavos: 40n },
    { account: "receivable", subscriberId: "s1", amountCentavos: -40n },
  ]);
  const payment = { subscriberId: "s1", method: "gcash" as const, amountCentavos: centavos(40) };
  assert.equal(legsOfPaymentPosted(payment)[0]?.account, "cash:gcash");
  assert.equal(cashAccount("withholding_2307"), "withholding_receivable");
  for (const legs of [legsOfBillVoided(bill), legsOfPaymentReversed(payment)]) assertBalanced(legs);
  assert.throws(() => legsOfPaymentPosted({ ...payment, amountCentavos: ZERO }), /not above zero/);
});
