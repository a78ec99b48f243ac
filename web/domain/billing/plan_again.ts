import { later } from "@/shared/calendar/mod.ts";
import { centavos, sum } from "@/shared/money/mod.ts";
import { chargePeriod } from "./charge_period.ts";
import { dueDate } from "./due_date.ts";
import { creditSuspended, type DayRange, type SettledRest } from "./suspended_days.ts";
import type { PeriodTerms, PlanBillsInput, PlannedBill, PlannedBillLine } from "./types.ts";

/** A period whose bill was voided. */
export interface FreedPeriod {
  /** The void bill: what was on one bill comes on one again. Null: a person decided that it is billed, on its own. */
  freedBillId: string | null;
  /** Another subscriber than who has the connection now was billed for it, and is again. @default who has it now */
  payerId?: string | null;
  periodStart: Temporal.PlainDate;
  /** Exclusive. */
  periodEnd: Temporal.PlainDate;
  /** Its own plan and price. */
  terms: PeriodTerms;
  /** When it was billed for the first time: days that were suspended later were unknown then. */
  firstBilledOn: Temporal.PlainDate;
  /** Days that are not charged, by the policy of then, in order and apart from each other. */
  suspended: readonly DayRange[];
  /** Taken off by other live bills for days that were suspended. */
  creditedCentavos: ReturnType<typeof centavos>;
  /** The plan changed inside, and the days from there on were settled by its price. @default none */
  rest?: SettledRest | undefined;
}

/** The rules that a period is billed again by. */
export type AgainRules = Pick<
  PlanBillsInput,
  "timing" | "activatedOn" | "asOf" | "termsDays" | "minNoticeDays" | "lateTermsDays" | "leadDays"
>;

/**
 * The bills for periods whose bills were voided: each at its own plan and price, whatever has changed since (rule R6). Bills
 * in advance take off again what was suspended after the first bill, less what another bill takes off already.
 */
export function planAgain(freed: readonly FreedPeriod[], rules: AgainRules): PlannedBill[] {
  return [...Map.groupBy(freed, (period) => period.freedBillId ?? period.periodStart.toString()).values()]
    .map((periods) => {
      const own = periods.toSorted((a, b) => Temporal.PlainDate.compare(a.periodStart, b.periodStart));
      const lines = own.flatMap((period) => linesOf(period, rules));
      const [first, last] = [own[0], own.at(-1)];
      if (first === undefined || last === undefined) throw new Error("Cannot plan a bill of no period");
      const natural = rules.timing === "arrears"
        ? last.periodEnd
        : later(first.periodStart.subtract({ days: rules.leadDays ?? 0 }), rules.activatedOn);
      return {
        periodStart: first.periodStart,
        periodEnd: last.periodEnd,
        lines,
        totalCentavos: sum(lines.map((line) => line.amountCentavos)),
        issuedOn: rules.asOf,
        dueOn: dueDate(rules, natural, { isAgain: first.freedBillId !== null }),
        ...(lines.every((line) => line.days <= 0) && { isWithheld: true }),
        ...(first.payerId && { payerId: first.payerId }),
      };
    }).sort((a, b) => Temporal.PlainDate.compare(a.periodStart, b.periodStart));
}

function linesOf(period: FreedPeriod, { timing, asOf }: AgainRules): PlannedBillLine[] {
  const { periodStart, periodEnd, terms, suspended, creditedCentavos, rest } = period;
  const known = timing === "arrears" ? suspended : before(suspended, period.firstBilledOn);
  const line = chargePeriod({ ...terms, periodStart, periodEnd, suspended: known });
  if (timing === "arrears") return [line];
  const { amountCentavos } = line;
  const issuedOn = period.firstBilledOn;
  const billed = { periodStart, periodEnd, amountCentavos, issuedOn, creditedCentavos, rest };
  return [line, ...creditSuspended([billed], suspended, asOf, amountCentavos)];
}

/** What of the ranges lies before a day. */
function before(ranges: readonly DayRange[], day: Temporal.PlainDate): DayRange[] {
  return ranges.filter(({ start }) => Temporal.PlainDate.compare(start, day) < 0).map(({ start, end }) => ({
    start,
    end: end === null || Temporal.PlainDate.compare(end, day) > 0 ? day : end,
  }));
}
