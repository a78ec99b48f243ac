import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos, multiplyRounded, ZERO } from "@/shared/money/mod.ts";
import type { TaxMode } from "../billing/mod.ts";
import { chargeWithFee, legsOfGatewayReceipt, receiveCharge } from "./mod.ts";

Deno.test("the payer carries the fee, so that the whole bill arrives (CF-01)", () => {
  const charge = chargeWithFee(centavos(100000), { rateBp: 200, fixedCentavos: ZERO });
  assert.deepEqual(charge, { chargeCentavos: 102041n, feeCentavos: 2041n });
  const fixed = chargeWithFee(centavos(98000), { rateBp: 0, fixedCentavos: centavos(1500) });
  assert.deepEqual(fixed, { chargeCentavos: 99500n, feeCentavos: 1500n });
  const exact = chargeWithFee(centavos(98000), { rateBp: 200, fixedCentavos: ZERO });
  assert.deepEqual(exact, { chargeCentavos: 100000n, feeCentavos: 2000n });
  const least = chargeWithFee(centavos(1), { rateBp: 1, fixedCentavos: ZERO });
  assert.deepEqual(
    least,
    { chargeCentavos: 2n, feeCentavos: 1n },
    "the smallest part of a centavo is asked for",
  );
});

Deno.test("off by default: the payer is charged the bill", () => {
  assert.deepEqual(chargeWithFee(centavos(100000), null), { chargeCentavos: 100000n, feeCentavos: 0n });
});

Deno.test("a rate of everything, or below nothing, is refused", () => {
  for (const rateBp of [10_000, -1]) {
    assert.throws(() => chargeWithFee(centavos(1), { rateBp, fixedCentavos: ZERO }), /Cannot pass on fee/);
  }
});

Deno.test("the fee pays no bill; another amount than was asked for is posted whole and flagged", () => {
  const asked = { chargeCentavos: centavos(102041), feeCentavos: centavos(2041) };
  const receipt = receiveCharge(asked, centavos(102041));
  assert.deepEqual(receipt, { postCentavos: 100000n, feeCentavos: 2041n, isFlagged: false });
  for (const received of [102040, 102042, 1]) {
    const other = receiveCharge(asked, centavos(received));
    assert.deepEqual(other, { postCentavos: BigInt(received), feeCentavos: 0n, isFlagged: true });
  }
});

Deno.test("what arrives is never below the bill, and one centavo less would be", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000_000 }),
      fc.integer({ min: 0, max: 9000 }),
      fc.integer({ min: 0, max: 5000 }),
      (base, rateBp, fixed) => {
        const { chargeCentavos } = chargeWithFee(centavos(base), { rateBp, fixedCentavos: centavos(fixed) });
        const keeps = (charge: bigint) => charge * BigInt(10_000 - rateBp) - BigInt(fixed) * 10_000n;
        assert.ok(keeps(chargeCentavos) >= BigInt(base) * 10_000n);
        assert.ok(keeps(chargeCentavos - 1n) < BigInt(base) * 10_000n);
        const taken = multiplyRounded(chargeCentavos, BigInt(rateBp), 10_000n) + BigInt(fixed);
        assert.ok(chargeCentavos - taken >= BigInt(base));
      },
    ),
    { numRuns: 100 },
  );
});

const onAccounts = (mode: TaxMode, postCentavos: number, feeCentavos: number) =>
  legsOfGatewayReceipt({
    subscriberId: "s",
    receipt: { postCentavos: centavos(postCentavos), feeCentavos: centavos(feeCentavos) },
    tax: { mode, rateBp: 1200 },
  }).map(({ account, subscriberId, amountCentavos }) =>
    `${account} ${subscriberId ?? "-"} ${amountCentavos}`
  );

Deno.test("the fee is earned on its own account and pays no bill; without one the whole charge is the payer's credit", () => {
  assert.deepEqual(onAccounts("non_vat", 100_000, 2041), [
    "gateway_clearing - 102041",
    "subscriber_credit s -100000",
    "revenue:convenience_fee - -2041",
  ]);
  assert.deepEqual(onAccounts("vat_inclusive", 100_000, 0), [
    "gateway_clearing - 100000",
    "subscriber_credit s -100000",
  ]);
});

Deno.test("the VAT of the fee is in it, in either mode: the gateway took no more than was asked for", () => {
  for (const mode of ["vat_inclusive", "vat_exclusive"] as const) {
    assert.deepEqual(onAccounts(mode, 100_000, 2041), [
      "gateway_clearing - 102041",
      "subscriber_credit s -100000",
      "revenue:convenience_fee - -1822",
      "vat_payable - -219",
    ], mode);
  }
});
