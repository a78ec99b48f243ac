import assert from "node:assert/strict";
import fc from "fast-check";
import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { reconnectionFee, waivedOfFees } from "./reconnection_fee.ts";

const of = (...amounts: number[]): Centavos[] => amounts.map((amount) => centavos(amount));
const waived = (fees: number[], memos: number[]) => waivedOfFees(of(...fees), of(...memos)).map(Number);

Deno.test("a memo of just a fee waives that one, smaller ones waive parts, the oldest cut first", () => {
  assert.deepEqual(waived([100, 150], []), [0, 0]);
  assert.deepEqual(waived([100, 150], [100]), [100, 0]);
  assert.deepEqual(waived([100, 150], [150]), [0, 150]);
  assert.deepEqual(waived([100, 150], [60]), [60, 0]);
  assert.deepEqual(waived([100, 150], [60, 70]), [100, 30]);
  assert.deepEqual(waived([100, 150], [150, 60]), [60, 150]);
  assert.deepEqual(waived([100, 100], [100]), [100, 0], "of two alike the older one");
  assert.deepEqual(waived([100, 100], [100, 100]), [100, 100]);
  assert.deepEqual(waived([100, 150], [250]), [100, 150], "all of them at once");
});

Deno.test("a memo of more than all the fees is for something else", () => {
  assert.deepEqual(waived([100, 150], [251]), [0, 0]);
  assert.deepEqual(waived([100, 150], [251, 40]), [40, 0]);
});

Deno.test("no fee is waived by more than it asks, and no more than the memos gave", () => {
  const amounts = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 5 });
  fc.assert(fc.property(amounts, amounts, (fees, memos) => {
    const given = waived(fees, memos);
    assert.equal(given.length, fees.length);
    given.forEach((part, i) => assert.ok(part >= 0 && part <= fees[i]!));
    assert.ok(sum(of(...given)) <= sum(of(...memos)));
  }));
});

Deno.test("the fee is asked for once, not for a cut that was nobody's fault, and then goes back", () => {
  const cut = { cutOn: Temporal.PlainDate.from("2026-03-14"), feeCentavos: centavos(15_000) };
  const fee = (charged: number, receivedOn: string | null) =>
    reconnectionFee({
      ...cut,
      chargedCentavos: centavos(charged),
      receivedOn: receivedOn === null ? null : Temporal.PlainDate.from(receivedOn),
    });
  assert.deepEqual([fee(0, null), fee(0, "2026-03-14"), fee(15_000, null)], [15_000n, 15_000n, 0n]);
  assert.deepEqual([fee(0, "2026-03-13"), fee(15_000, "2026-03-13")], [0n, -15_000n]);
  assert.equal(
    reconnectionFee({ ...cut, feeCentavos: null, chargedCentavos: centavos(0), receivedOn: null }),
    0n,
  );
});
