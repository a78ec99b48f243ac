import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos, sum } from "@/shared/money/mod.ts";
import { correctionOf, drawRefund } from "./mod.ts";

const bill = (paid: number, isReported = false) => ({
  totalCentavos: centavos(1000),
  paidCentavos: centavos(paid),
  isReported,
  isPurchase: false,
});

Deno.test("an unpaid bill is voided; one with money on it or one that was reported gets a credit memo (rule 9)", () => {
  assert.deepEqual(correctionOf(bill(0)), { kind: "void" });
  assert.deepEqual(correctionOf(bill(1)), { kind: "credit_memo", why: "partly_paid" });
  assert.deepEqual(correctionOf(bill(999)), { kind: "credit_memo", why: "partly_paid" });
  assert.deepEqual(correctionOf(bill(1000)), { kind: "credit_memo", why: "paid" });
  assert.deepEqual(correctionOf(bill(0, true)), { kind: "credit_memo", why: "reported" });
  assert.deepEqual(correctionOf(bill(1000, true)), { kind: "credit_memo", why: "reported" });
  const free = {
    totalCentavos: centavos(0),
    paidCentavos: centavos(0),
    isReported: false,
    isPurchase: false,
  };
  assert.deepEqual(correctionOf(free), { kind: "void" }, "a bill of nothing has no money on it");
  assert.deepEqual(correctionOf({ ...bill(1000), isPurchase: true }), { kind: "void" });
  assert.deepEqual(correctionOf({ ...bill(1000, true), isPurchase: true }), {
    kind: "credit_memo",
    why: "reported",
  });
});

const source = (sourceId: string, amount: number) => ({ sourceId, availableCentavos: centavos(amount) });

Deno.test("a refund is drawn from the oldest source first and never above the credit (LG-12)", () => {
  const sources = [source("first", 50), source("empty", 0), source("second", 30)];
  assert.deepEqual(drawRefund(centavos(60), sources), [
    { sourceId: "first", amountCentavos: 50n },
    { sourceId: "second", amountCentavos: 10n },
  ]);
  assert.deepEqual(drawRefund(centavos(50), sources), [{ sourceId: "first", amountCentavos: 50n }]);
  assert.deepEqual(drawRefund(centavos(80), sources)?.length, 2, "all of it");
  assert.equal(drawRefund(centavos(81), sources), null);
  assert.equal(drawRefund(centavos(1), []), null);
  assert.throws(() => drawRefund(centavos(0), sources), /not above zero/);
});

Deno.test("what is drawn sums to the refund, and no source gives more than it has", () => {
  const anySources = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 6 });
  fc.assert(
    fc.property(anySources, fc.integer({ min: 1, max: 2000 }), (amounts, asked) => {
      const sources = amounts.map((amount, i) => source(String(i), amount));
      const credit = amounts.reduce((total, amount) => total + amount, 0);
      const shares = drawRefund(centavos(asked), sources);
      assert.equal(shares === null, asked > credit);
      for (const share of shares ?? []) {
        assert.ok(
          share.amountCentavos > 0n && share.amountCentavos <= BigInt(amounts[Number(share.sourceId)]!),
        );
      }
      if (shares !== null) assert.equal(sum(shares.map((share) => share.amountCentavos)), BigInt(asked));
    }),
    { numRuns: 60 },
  );
});
