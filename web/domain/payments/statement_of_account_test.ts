import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import { type AccountEntry, closeAccount, statementOfAccount } from "./mod.ts";

const day = Temporal.PlainDate.from;

function close(opening: number, charges: number[], payments: number[], credits: number[]): bigint[] {
  return Object.values(closeAccount({
    openingCentavos: centavos(opening),
    charges: charges.map(centavos),
    payments: payments.map(centavos),
    credits: credits.map(centavos),
  }));
}

function entry(
  on: string,
  kind: AccountEntry["kind"],
  amount: number,
  reference: string = kind,
): AccountEntry {
  return { on: day(on), kind, amountCentavos: centavos(amount), reference };
}

Deno.test("closing is opening + charges - payments - credits (SA-01); below zero it is a credit balance", () => {
  assert.deepEqual(close(50000, [100000], [80000], [5000]), [65000n, 65000n, 0n]);
  assert.deepEqual(close(0, [100000], [80000, 30000], [5000]), [-15000n, 0n, 15000n]);
  assert.deepEqual(close(-20000, [20000], [], []), [0n, 0n, 0n]);
});

const YEAR: AccountEntry[] = [
  entry("2026-02-01", "charge", 100000, "SOA-2"),
  entry("2026-01-01", "charge", 90000, "SOA-1"),
  entry("2026-01-20", "payment", 90000, "RCPT-1"),
  entry("2026-02-01", "credit", 5000, "CM-1"),
  entry("2026-02-10", "payment", 120000, "RCPT-2"),
  entry("2026-02-15", "payment", -120000, "RCPT-2 reversed"),
  entry("2026-03-01", "charge", 100000, "SOA-3"),
];

Deno.test("a statement has the balance after every line, first and last day included", () => {
  const { openingCentavos, lines, ...foot } = statementOfAccount(YEAR, {
    from: day("2026-01-20"),
    through: day("2026-02-10"),
  });
  assert.equal(openingCentavos, 90000n);
  assert.deepEqual(lines.map((line) => `${line.reference} ${line.balanceCentavos}`), [
    "RCPT-1 0",
    "SOA-2 100000",
    "CM-1 95000",
    "RCPT-2 -25000",
  ]);
  assert.deepEqual(Object.values(foot), [-25000n, 0n, 25000n]);
});

Deno.test("what came later does not change a statement of an earlier date", () => {
  const days = { from: day("2026-01-01"), through: day("2026-01-31") };
  const then = statementOfAccount(YEAR.filter(({ on }) => on.month === 1), days);
  assert.deepEqual(statementOfAccount(YEAR, days), then);
  assert.deepEqual(Object.values(statementOfAccount([], days)), [0n, [], 0n, 0n, 0n]);
});

Deno.test("a statement opens with what the one before it closed with, and the foot is its lines", () => {
  const anyEntry = fc.record({
    on: fc.integer({ min: 0, max: 90 }).map((days) => day("2026-01-01").add({ days })),
    kind: fc.constantFrom("charge" as const, "payment" as const, "credit" as const),
    amountCentavos: fc.integer({ min: -1000, max: 100_000 }).map(centavos),
    reference: fc.constant("x"),
  });
  const anyCut = fc.integer({ min: 1, max: 89 }).map((days) => day("2026-01-01").add({ days }));
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 20 }), anyCut, (entries, cut) => {
      const first = statementOfAccount(entries, {
        from: day("2026-01-01"),
        through: cut.subtract({ days: 1 }),
      });
      const second = statementOfAccount(entries, { from: cut, through: day("2026-04-30") });
      assert.equal(second.openingCentavos, first.closingCentavos);
      assert.equal(first.lines.length + second.lines.length, entries.length);
      const of = (kind: AccountEntry["kind"]) =>
        second.lines.filter((line) => line.kind === kind).map((line) => line.amountCentavos);
      const foot = closeAccount({
        openingCentavos: second.openingCentavos,
        charges: of("charge"),
        payments: of("payment"),
        credits: of("credit"),
      });
      assert.equal(foot.closingCentavos, second.closingCentavos);
      assert.equal(foot.amountDueCentavos - foot.creditBalanceCentavos, foot.closingCentavos);
    }),
    { numRuns: 60 },
  );
});
