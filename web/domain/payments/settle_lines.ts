import { type Centavos, centavos, min, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import type { CreditShare } from "./allocate.ts";
import type { RevenueKind } from "./accounts.ts";

/** What of a line decides when it is paid. */
export interface OrderedLine {
  /** Its place on the bill, from 1. */
  lineNo: number;
  /** What it is for. */
  kind: RevenueKind;
  /** First day of what it is for. */
  periodStart: Temporal.PlainDate;
}

/** A line of an open bill with something left to pay. */
export interface OpenLine extends OrderedLine {
  /** What is still owed on it. */
  openCentavos: Centavos;
}

/** A part of a share that settles one line; always above zero. */
export interface LineShare {
  /** The line. */
  lineNo: number;
  /** The part. */
  amountCentavos: Centavos;
}

/** The order in which the lines of a bill are paid: oldest period, recurring before one-time before fees (rule R21). */
export function compareSettledFirst(a: OrderedLine, b: OrderedLine): number {
  return Temporal.PlainDate.compare(a.periodStart, b.periodStart) || rank(a.kind) - rank(b.kind) ||
    a.lineNo - b.lineNo;
}

/**
 * Splits shares of one bill, in the order in which they come, over its lines: the line that the payer chose first, then
 * in the order of {@link compareSettledFirst}. The parts of a share sum to it.
 *
 * @throws {RangeError} when the shares are more than what is open
 */
export function splitOverLines<Share extends Pick<CreditShare, "amountCentavos">>(
  shares: readonly Share[],
  lines: readonly OpenLine[],
  chosenLineNo: number | null = null,
): (Share & { lines: LineShare[] })[] {
  const left = lines.toSorted((a, b) =>
    Number(b.lineNo === chosenLineNo) - Number(a.lineNo === chosenLineNo) || compareSettledFirst(a, b)
  ).map(({ lineNo, openCentavos }) => ({ lineNo, openCentavos }));
  return shares.map((share) => {
    let rest: Centavos = share.amountCentavos;
    const parts: LineShare[] = [];
    for (const line of left) {
      const part = min(rest, line.openCentavos);
      if (part <= 0n) continue;
      parts.push({ lineNo: line.lineNo, amountCentavos: part });
      line.openCentavos = subtract(line.openCentavos, part);
      rest = subtract(rest, part);
    }
    if (rest > 0n) throw new RangeError(`Cannot settle lines: ${rest} centavos more than they have open`);
    return { ...share, lines: parts };
  });
}

/**
 * What of each open line is disputed, by its number: the disputed part of a bill is what is paid last, so that whoever has
 * paid everything else owes nothing that counts.
 */
export function disputedOfLines(
  lines: readonly OpenLine[],
  disputedCentavos: Centavos,
): ReadonlyMap<number, Centavos> {
  const balance = sum(lines.map((line) => line.openCentavos));
  const rest = subtract(balance, min(disputedCentavos, balance));
  const [split] = splitOverLines([{ amountCentavos: rest }], lines);
  const counted = new Map(split?.lines.map((part) => [part.lineNo, part.amountCentavos]));
  return new Map(
    lines.map(({ lineNo, openCentavos }) => [lineNo, subtract(openCentavos, counted.get(lineNo) ?? ZERO)]),
  );
}

/**
 * What each line of a new bill has settled by the credit lines beside it: they are used up whole, on the lines that are
 * paid first. In the order of the lines as given.
 */
export function settledByCreditLines(
  lines: readonly (OrderedLine & { amountCentavos: Centavos })[],
): Centavos[] {
  const credits = lines.filter((line) => line.amountCentavos < 0n);
  const charges = lines.filter((line) => line.amountCentavos >= 0n);
  const credit = centavos(-sum(credits.map((line) => line.amountCentavos)));
  const [split] = splitOverLines(
    [{ amountCentavos: credit }],
    charges.map((line) => ({ ...line, openCentavos: line.amountCentavos })),
  );
  const settled = new Map(split?.lines.map((part) => [part.lineNo, part.amountCentavos]));
  return lines.map((line) =>
    line.amountCentavos < 0n ? line.amountCentavos : settled.get(line.lineNo) ?? ZERO
  );
}

function rank(kind: RevenueKind): number {
  if (kind === "recurring" || kind === "opening") return 0;
  return kind === "one_time" ? 1 : 2;
}
