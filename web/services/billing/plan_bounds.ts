import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { AMOUNT_MAX } from "@/shared/money/mod.ts";
import type { PlanBillsInput, PlannedBill } from "@/web/domain/billing/mod.ts";

/** A subscription that is left alone because its bills would break a bound: the reason is a code with its values. */
export class BoundError extends Error {
  override name = "BoundError";

  constructor(readonly why: Coded) {
    super(formatCoded(why));
  }
}

/** More missed periods than this in one run are no downtime but a wrong date. */
const BILLS_MAX = 36;
/** A stub with the month after it, and changes of plan and price within. More is no bill of ours. */
const LINES_MAX = 6;

/** @throws {BoundError} More bills than any downtime makes. */
export function assertBillCount(count: number): void {
  if (count > BILLS_MAX) throw new BoundError(coded("parked_too_many", { count }));
}

/** @throws {BoundError} Amounts, lines or days that no right bill has. */
export function assertBounds(bills: readonly PlannedBill[], rules: PlanBillsInput): void {
  const prices = [rules.priceCentavos, ...(rules.changes ?? []).map((change) => change.priceCentavos)];
  const most = prices.reduce((a, b) => a > b ? a : b);
  let before: Temporal.PlainDate | null = null;
  for (const bill of bills) {
    if (bill.totalCentavos < 0n || bill.totalCentavos > AMOUNT_MAX) {
      throw new BoundError(coded("parked_amount", { amount: bill.totalCentavos }));
    }
    if (bill.lines.some((line) => line.amountCentavos > most)) {
      throw new BoundError(coded("parked_line_price"));
    }
    const charges = bill.lines.filter((line) => line.amountCentavos >= 0n).length;
    if (charges === 0 || charges > LINES_MAX) throw new BoundError(coded("parked_lines", { count: charges }));
    if (before !== null && Temporal.PlainDate.compare(bill.periodStart, before) < 0) {
      throw new BoundError(coded("parked_overlap", { day: bill.periodStart }));
    }
    before = bill.periodEnd;
  }
}
