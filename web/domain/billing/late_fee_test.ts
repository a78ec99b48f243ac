import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import {
  askedFor,
  type LateBill,
  type LateFee,
  lateFee,
  lateFeeChange,
  type LateFeeInput,
  lateFeeOf,
  lateFeeTerms,
  latePrincipal,
  reconnectionFee,
} from "./mod.ts";

const day = Temporal.PlainDate.from;
const FIVE_PERCENT: LateFee = { kind: "percent", rateBp: 500 };
const FIFTY_PESOS: LateFee = { kind: "flat", amountCentavos: centavos(5000) };

function fee(over: Partial<LateFeeInput>): bigint {
  return lateFee({
    principalCentavos: centavos(129900),
    dueOn: day("2026-03-08"),
    lateAfterDays: 5,
    fee: FIVE_PERCENT,
    chargedCentavos: ZERO,
    receivedOn: null,
    asOf: day("2026-03-14"),
    ...over,
  });
}

Deno.test("5 percent or a flat fee from the sixth day, none on the fifth (LF-01, 02, 03)", () => {
  assert.equal(fee({}), 6495n);
  assert.equal(fee({ fee: FIFTY_PESOS }), 5000n);
  assert.equal(fee({ asOf: day("2026-03-13") }), 0n);
  assert.equal(fee({ asOf: day("2026-09-30") }), 6495n, "a run that is late by months");
});

Deno.test("once per bill, never where nothing is owed, and off by default (LF-04)", () => {
  assert.equal(fee({ chargedCentavos: centavos(6495), asOf: day("2026-03-20") }), 0n);
  assert.equal(fee({ principalCentavos: ZERO, fee: FIFTY_PESOS }), 0n);
  assert.equal(fee({ principalCentavos: centavos(-1), fee: FIFTY_PESOS }), 0n);
  assert.equal(fee({ fee: null }), 0n);
});

Deno.test("money that came in before the fee began takes back what was charged (LF-05)", () => {
  const chargedCentavos = centavos(5000);
  assert.equal(fee({ chargedCentavos, receivedOn: day("2026-03-07") }), -5000n);
  assert.equal(fee({ chargedCentavos, receivedOn: day("2026-03-13") }), -5000n);
  assert.equal(fee({ chargedCentavos, receivedOn: day("2026-03-14") }), 0n);
  assert.equal(fee({ receivedOn: day("2026-03-13") }), 0n);
  assert.equal(fee({ receivedOn: day("2026-03-14") }), 6495n, "late money does not undo the lateness");
});

Deno.test("whatever is posted and however often the run comes, a bill carries one fee or none", () => {
  const anyDay = fc.integer({ min: -3, max: 20 });
  const anyRuns = fc.array(fc.tuple(anyDay, fc.option(anyDay)), { maxLength: 12 });
  fc.assert(
    fc.property(anyRuns, fc.constantFrom(FIVE_PERCENT, FIFTY_PESOS), (runs, kind) => {
      let charged = 0n;
      for (const [after, received] of runs) {
        const receivedOn = received === null ? null : day("2026-03-08").add({ days: received });
        const asOf = day("2026-03-08").add({ days: after });
        charged += fee({ fee: kind, chargedCentavos: centavos(charged), receivedOn, asOf });
        assert.ok(charged === 0n || charged === (kind === FIFTY_PESOS ? 5000n : 6495n));
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("a reconnection is charged once per cut, on the next bill, and only where the tenant asks for it", () => {
  const cut = {
    cutOn: day("2026-03-14"),
    feeCentavos: centavos(10000),
    chargedCentavos: ZERO,
    receivedOn: null,
  };
  assert.equal(reconnectionFee(cut), 10000n);
  assert.equal(reconnectionFee({ ...cut, feeCentavos: null }), 0n);
  assert.equal(reconnectionFee({ ...cut, chargedCentavos: centavos(10000) }), 0n);
  assert.equal(reconnectionFee({ ...cut, receivedOn: day("2026-03-14") }), 10000n);
});

Deno.test("money received before the cut takes the reconnection fee back", () => {
  const cut = { cutOn: day("2026-03-14"), feeCentavos: centavos(10000), receivedOn: day("2026-03-13") };
  assert.equal(reconnectionFee({ ...cut, chargedCentavos: centavos(8000) }), -8000n);
  assert.equal(reconnectionFee({ ...cut, chargedCentavos: ZERO }), 0n);
});

/** A bill of ₱1,000 with VAT of 12 % on top, nothing paid. */
const ON_TOP: LateBill = {
  owedCentavos: centavos(112_000),
  owedFeesCentavos: ZERO,
  disputedCentavos: ZERO,
  correctedCentavos: ZERO,
  chargedCentavos: centavos(112_000),
  vatOnTopCentavos: centavos(12_000),
};

function principal(over: Partial<LateBill>): string {
  const { unpaidCentavos, principalCentavos } = latePrincipal({ ...ON_TOP, ...over });
  return `${principalCentavos} of ${unpaidCentavos}`;
}

Deno.test("a late fee is of what was unpaid without the VAT on top of it: its own VAT makes it the same percentage", () => {
  assert.equal(principal({}), "100000 of 112000");
  assert.equal(principal({ vatOnTopCentavos: ZERO }), "112000 of 112000", "VAT in the price, or none");
  // ₱500 were paid: 62000 x 100 / 112, rounded once.
  assert.equal(principal({ owedCentavos: centavos(62_000) }), "55357 of 62000");
  assert.equal(
    principal({ owedCentavos: centavos(7), chargedCentavos: centavos(14), vatOnTopCentavos: centavos(7) }),
    "4 of 7",
  );
  const { principalCentavos } = latePrincipal(ON_TOP);
  const fee = lateFeeOf(principalCentavos, FIVE_PERCENT);
  assert.equal(askedFor({ mode: "vat_exclusive", rateBp: 1200 }, fee), 5600n, "5 % of ₱1,120");
});

Deno.test("what is disputed or given back is no principal; a dispute is of the fees on the bill first", () => {
  const off = (disputed: number, fees = 0, corrected = 0) =>
    principal({
      vatOnTopCentavos: ZERO,
      disputedCentavos: centavos(disputed),
      owedFeesCentavos: centavos(fees),
      correctedCentavos: centavos(corrected),
    });
  assert.equal(off(30_000), "82000 of 82000");
  assert.equal(off(30_000, 10_000), "92000 of 92000");
  assert.equal(off(10_000, 30_000), "112000 of 112000");
  assert.equal(off(0, 10_000), "112000 of 112000");
  assert.equal(off(0, 0, 12_000), "100000 of 100000");
  assert.equal(off(100_000, 0, 11_999), "1 of 1");
  assert.equal(off(100_000, 0, 12_000), "0 of 0");
  assert.equal(off(112_000), "0 of 0");
  assert.equal(off(112_000, 0, 5000), "0 of 0");
});

Deno.test("a bill says from its issue on from which day on it costs: the first past due and the days that cost nothing", () => {
  const terms = lateFeeTerms(day("2026-03-08"), { lateFee: FIVE_PERCENT, lateAfterDays: 5 });
  assert.equal(terms?.fee, FIVE_PERCENT);
  assert.equal(terms?.costsFromOn.toString(), "2026-03-14");
  const none = lateFeeTerms(day("2026-03-08"), { lateFee: { kind: "none" }, lateAfterDays: 5 });
  assert.equal(none, null);
});

Deno.test("a fee that stands is lowered to what is right, never raised, and goes back whole where nothing was owed", () => {
  const change = (principalCentavos: number, charged: number, fee: LateFee | null = FIVE_PERCENT) =>
    lateFeeChange({
      principalCentavos: centavos(principalCentavos),
      fee,
      costsFromOn: day("2026-03-14"),
      chargedCentavos: centavos(charged),
      asOf: day("2026-03-20"),
    });
  assert.equal(change(60_000, 5000), -2000n);
  assert.equal(change(140_000, 5000), 0n);
  assert.equal(change(0, 5000), -5000n);
  assert.equal(change(60_000, 5000, null), 0n, "what was agreed stands where the rule is not known");
  assert.equal(change(9, 5000), 0n, "a fee of less than a centavo lowers nothing");
});
