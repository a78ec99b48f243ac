import assert from "node:assert/strict";
import fc from "fast-check";
import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import { type OpenLine, settledByCreditLines, splitOverLines } from "./mod.ts";

const line = (lineNo: number, kind: OpenLine["kind"], periodStart: string, amount: bigint) => ({
  lineNo,
  kind,
  periodStart: Temporal.PlainDate.from(periodStart),
  openCentavos: centavos(amount),
});
const pay = (amount: bigint, lines: OpenLine[], chosen: number | null = null) =>
  splitOverLines([{ amountCentavos: centavos(amount) }], lines, chosen)[0]!.lines
    .map((part) => [part.lineNo, part.amountCentavos]);

Deno.test("R21: the oldest period is paid first, then recurring before one-time before fees", () => {
  const lines = [
    line(1, "late_fee", "2026-01-01", 5000n),
    line(2, "one_time", "2026-02-01", 30000n),
    line(3, "recurring", "2026-02-01", 100000n),
    line(4, "recurring", "2026-01-01", 100000n),
  ];
  assert.deepEqual(pay(235000n, lines), [[4, 100000n], [1, 5000n], [3, 100000n], [2, 30000n]]);
  assert.deepEqual(pay(100000n, lines), [[4, 100000n]]);
  assert.deepEqual(
    pay(32000n, lines, 2),
    [[2, 30000n], [4, 2000n]],
    "the line that the payer chose is first",
  );
});

Deno.test("R21: money for two of three connections pays two whole ones, and no third of each", () => {
  const lines = [1, 2, 3].map((lineNo) => line(lineNo, "recurring", "2026-01-01", 100000n));
  assert.deepEqual(pay(200000n, lines), [[1, 100000n], [2, 100000n]]);
  assert.deepEqual(pay(200000n, lines, 3), [[3, 100000n], [1, 100000n]], "in the payer's order");
});

Deno.test("a share above what is open is a bug of its caller", () => {
  assert.throws(() => pay(2n, [line(1, "recurring", "2026-01-01", 1n)]), RangeError);
});

Deno.test("a credit line is used up on the lines that are paid first", () => {
  const amounts = [["recurring", "2026-02-01", 100000n], ["recurring", "2026-01-01", -30000n], [
    "recurring",
    "2026-01-01",
    20000n,
  ]] as const;
  const lines = amounts.map(([kind, start, amount], i) => ({
    ...line(i + 1, kind, start, 0n),
    amountCentavos: centavos(amount),
  }));
  assert.deepEqual(settledByCreditLines(lines), [10000n, -30000n, 20000n]);
});

Deno.test("whatever is paid in whatever parts: the parts sum to the share, and no line gets more than it has open", () => {
  const someLines = fc.array(
    fc.record({
      kind: fc.constantFrom<OpenLine["kind"]>("recurring", "one_time", "late_fee"),
      month: fc.integer({ min: 1, max: 12 }),
      open: fc.bigInt({ min: 1n, max: 300000n }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  const somePercents = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 5 });
  fc.assert(fc.property(someLines, somePercents, (rows, percents) => {
    const lines = rows.map(({ kind, month, open }, i) =>
      line(i + 1, kind, `2026-${String(month).padStart(2, "0")}-01`, open)
    );
    let left: Centavos = sum(lines.map((one) => one.openCentavos));
    const shares = percents.map((percent) => {
      const amountCentavos = centavos(left * BigInt(percent) / 100n);
      left = centavos(left - amountCentavos);
      return { amountCentavos };
    });
    const split = splitOverLines(shares, lines);
    for (const share of split) {
      assert.equal(sum(share.lines.map((part) => part.amountCentavos)), share.amountCentavos);
    }
    for (const { lineNo, openCentavos } of lines) {
      const parts = split.flatMap((share) => share.lines).filter((part) => part.lineNo === lineNo);
      assert.ok(sum(parts.map((part) => part.amountCentavos)) <= openCentavos);
      assert.ok(parts.every((part) => part.amountCentavos > 0n));
    }
  }));
});

Deno.test("R21: lines of one day and kind are paid in their order on the bill, an opening balance beside the recurring ones", () => {
  const at = "2026-01-01";
  assert.deepEqual(pay(3n, [line(9, "recurring", at, 2n), line(2, "recurring", at, 2n)]), [[2, 2n], [9, 1n]]);
  const lines = [
    line(1, "late_fee", at, 2n),
    line(2, "one_time", at, 2n),
    line(4, "recurring", at, 2n),
    line(3, "opening", at, 2n),
  ];
  assert.deepEqual(pay(8n, lines), [[3, 2n], [4, 2n], [2, 2n], [1, 2n]]);
});

Deno.test("a line of zero settles nothing, and a credit of a centavo is a credit", () => {
  const of = (...amounts: bigint[]) =>
    settledByCreditLines(amounts.map((amount, i) => ({
      ...line(i + 1, "recurring", "2026-01-01", 0n),
      amountCentavos: centavos(amount),
    })));
  assert.deepEqual(of(0n, 5n, -1n), [0n, 1n, -1n]);
  assert.deepEqual(of(1n, -1n), [1n, -1n]);
  assert.deepEqual(of(0n), [0n]);
});
