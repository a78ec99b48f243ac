import type { Centavos } from "@/shared/money/mod.ts";
import { nextBillOn, planBills } from "./plan_bills.ts";
import type { PlanBillsInput, PlannedBill } from "./types.ts";

type Rules = Omit<PlanBillsInput, "asOf" | "suspended">;

/** The bills that follow, each on its day, if nothing else happens. */
export function previewBills(rules: Rules, count: number): PlannedBill[] {
  const bills: PlannedBill[] = [];
  let { billedThrough } = rules;
  while (bills.length < count) {
    const from = { ...rules, billedThrough };
    const [bill] = planBills({ ...from, asOf: nextBillOn(from) });
    if (bill === undefined) throw new Error(`Cannot preview bills: none follows ${billedThrough}`);
    bills.push(bill);
    billedThrough = bill.periodEnd;
  }
  return bills;
}

/** A bill as it would be, and as it will be. Its period is half-open. */
export interface ComparedBill {
  issueOn: Temporal.PlainDate;
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  beforeCentavos: Centavos;
  afterCentavos: Centavos;
}

const LOOKED_AT = 30;

/** The first bills, and those after them at which something changes; never more than `most`. */
export function compareBills(before: Rules, after: Rules, most: number): ComparedBill[] {
  const olds = previewBills(before, LOOKED_AT);
  const all = previewBills(after, LOOKED_AT).map((bill, i): ComparedBill => ({
    issueOn: bill.issuedOn,
    periodStart: bill.periodStart,
    periodEnd: bill.periodEnd,
    beforeCentavos: olds[i]?.totalCentavos ?? bill.totalCentavos,
    afterCentavos: bill.totalCentavos,
  }));
  const isNews = (bill: ComparedBill, i: number) =>
    bill.afterCentavos !== all[i - 1]?.afterCentavos || bill.beforeCentavos !== all[i - 1]?.beforeCentavos;
  return all.filter((bill, i) => i < 2 || isNews(bill, i)).slice(0, most);
}
