import assert from "node:assert/strict";
import fc from "fast-check";
import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import {
  askedFor,
  NO_TAX,
  pricedOf,
  TAX_MODES,
  taxBill,
  taxLines,
  taxOn,
  type TaxTerms,
  vatOfMemo,
} from "./mod.ts";

const day = Temporal.PlainDate.from;
const onTop: TaxTerms = { mode: "vat_exclusive", rateBp: 1200 };
const inside: TaxTerms = { mode: "vat_inclusive", rateBp: 1200 };

function lines(terms: TaxTerms, ...priced: number[]): string[] {
  return taxLines(terms, priced.map(centavos)).lines.map((line) =>
    `${line.amountCentavos} of it ${line.vatCentavos}`
  );
}

Deno.test("each line carries its part of the VAT; the centavos that are left go to who lost the most by rounding", () => {
  assert.deepEqual(lines(onTop, 99999), ["111999 of it 12000"]);
  assert.deepEqual(lines(inside, 10001, 10001, 10001), [
    "10001 of it 1072",
    "10001 of it 1072",
    "10001 of it 1071",
  ]);
  assert.deepEqual(lines(onTop, 100000, -30000), ["112000 of it 12000", "-33600 of it -3600"]);
  assert.deepEqual(lines(inside, 150000, -30000), ["150000 of it 16071", "-30000 of it -3214"]);
  assert.deepEqual(lines(NO_TAX, 100000, -1), ["100000 of it 0", "-1 of it 0"]);
  assert.deepEqual(lines(onTop, 0, 4, 0), ["0 of it 0", "4 of it 0", "0 of it 0"]);
});

Deno.test("terms hold from their first day", () => {
  const setting = { ...onTop, fromOn: day("2026-07-01"), before: NO_TAX };
  assert.equal(taxOn(setting, day("2026-06-30")).mode, "non_vat");
  assert.equal(taxOn(setting, day("2026-07-01")).mode, "vat_exclusive");
  assert.equal(taxOn({ ...setting, fromOn: null }, day("2020-01-01")).mode, "vat_exclusive");
  assert.equal(askedFor(onTop, centavos(100000), centavos(50000)), 168000n);
  assert.equal(askedFor(inside, centavos(100000)), 100000n);
});

const anyTerms = fc.record({
  mode: fc.constantFrom(...TAX_MODES),
  rateBp: fc.integer({ min: 1, max: 5000 }),
});

Deno.test("lines sum to the total and their VAT to that of the bill, none by more than a centavo", () => {
  const anyLines = fc.array(fc.integer({ min: -2_000_000, max: 9_000_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(anyTerms, anyLines, (terms, given) => {
    const priced = given.map(centavos);
    const bill = taxLines(terms, priced);
    assert.equal(sum(bill.lines.map((line) => line.amountCentavos)), bill.totalCentavos);
    assert.equal(sum(bill.lines.map((line) => line.vatCentavos)), bill.vatCentavos);
    assert.equal(bill.vatCentavos, taxBill(terms.mode, priced, terms.rateBp).vatCentavos);
    for (const [i, { vatCentavos }] of bill.lines.entries()) {
      const own = taxBill(terms.mode, [priced[i]!], terms.rateBp).vatCentavos;
      const off = vatCentavos - own;
      assert.ok(off >= -1n && off <= 1n, `line ${i} is ${off} off`);
      if (priced[i] === 0n) assert.equal(vatCentavos, 0n);
    }
  }));
});

interface Given {
  amount: Centavos;
  vat: Centavos;
}

Deno.test("whatever is given back in parts, and taken back of that, the whole bill has exactly its whole VAT", () => {
  const anySteps = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(anyTerms, fc.integer({ min: 1, max: 300_000 }), anySteps, (terms, price, steps) => {
      const bill = taxLines(terms, [centavos(price)]);
      const memos: Given[] = [];
      const soFar = () => ({
        totalCentavos: bill.totalCentavos,
        vatCentavos: bill.vatCentavos,
        backCentavos: sum(memos.map((memo) => memo.amount)),
        vatBackCentavos: sum(memos.map((memo) => memo.vat)),
      });
      const give = (amount: bigint) => {
        const memo = { amount: centavos(amount), vat: vatOfMemo(soFar(), centavos(amount)) };
        assert.ok(memo.vat >= 0n && memo.vat <= memo.amount);
        memos.push(memo);
      };
      for (const [share, isTakenBack] of steps) {
        const left = bill.totalCentavos - soFar().backCentavos;
        const amount = BigInt(Math.round(Number(left) * share));
        if (isTakenBack && memos.length > 0) memos.splice(Math.floor(share * memos.length), 1);
        else if (amount > 0n) give(amount);
      }
      const rest = bill.totalCentavos - soFar().backCentavos;
      if (rest > 0n) give(rest);
      assert.equal(soFar().vatBackCentavos, bill.vatCentavos);
    }),
    { numRuns: 100 },
  );
});

Deno.test("a write-off beyond what is left of a bill gives back no VAT twice", () => {
  const sale = { totalCentavos: centavos(112000), vatCentavos: centavos(12000) };
  const none = { ...sale, backCentavos: centavos(0), vatBackCentavos: centavos(0) };
  assert.equal(vatOfMemo(none, centavos(56000)), 6000n);
  assert.equal(vatOfMemo(none, centavos(112000)), 12000n);
  const all = { ...sale, backCentavos: centavos(112000), vatBackCentavos: centavos(12000) };
  assert.equal(vatOfMemo(all, centavos(112000)), 0n);
});

Deno.test("an amount is told as it was priced: only VAT that came on top is left out", () => {
  assert.equal(pricedOf("vat_exclusive", 112_000n, 12_000n), 100_000n);
  assert.equal(pricedOf("vat_inclusive", 112_000n, 12_000n), 112_000n);
  assert.equal(pricedOf("non_vat", 112_000n, 0n), 112_000n);
});
