import { periodContaining } from "@/shared/calendar/mod.ts";
import { type Coded, coded, periodValue, type ValuesOf } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, min, multiplyRounded } from "@/shared/money/mod.ts";
import { sayAgreed, WHOLE_BASIS_POINTS } from "./own_price.ts";
import type { PeriodTerms } from "./types.ts";

/** A line of a bill as it stands. */
export interface StoredLine {
  /** Null: of an earlier version, in English. */
  description: Coded | null;
  periodStart: Temporal.PlainDate;
  /** Exclusive. */
  periodEnd: Temporal.PlainDate;
  amountCentavos: Centavos;
  /** What its period was charged by; null for a line that charges none, or where nothing was kept. */
  terms: PeriodTerms | null;
  /** Of a line that takes suspended days back: what was charged for its period before. */
  corrected: CorrectedCharge | null;
}

/** A charge of which a later bill took something off. */
export interface CorrectedCharge {
  number: string;
  description: Coded | null;
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  amountCentavos: Centavos;
  /** Taken off by bills before this one. */
  alreadyCentavos: Centavos;
}

/** A line in words, and how its amount comes about. */
export interface ExplainedLine {
  /** Why it is there: in their order. */
  why: readonly Coded[];
  /** Null where there is nothing to work out, or where what was kept does not give the amount. */
  sum: LineSum | null;
}

/** `base x basisPoints / 10000 x days / of - less`, rounded half away from zero once: the amount of the line. */
export interface LineSum {
  baseCentavos: Centavos;
  /** Hundredths of a percent of the base that are paid; null: all of it. */
  basisPoints: number | null;
  /** Null: the whole. */
  days: { count: number; of: number } | null;
  lessCentavos: Centavos | null;
  /** The line takes it off. */
  isTakenOff: boolean;
}

/** What else is known of the bill that the line stands on. */
export interface LinePlace {
  /** First day of service; null while it has not begun. */
  activatedOn: Temporal.PlainDate | null;
  /** The other lines of the bill. */
  others: readonly StoredLine[];
}

/** Says why a line is on its bill and how it was computed, from what was kept when it was charged. */
export function explainLine(line: StoredLine, place: LinePlace): ExplainedLine {
  if (line.description === null) return NOTHING;
  if (line.description.code === "line_suspended_back") return explainBack(line);
  if (LATE_FEES.has(line.description.code)) {
    return explainLateFee(line.description, line.amountCentavos);
  }
  const said = WORDS_OF[line.description.code];
  if (said !== undefined) return { why: [said(line.description.values)], sum: null };
  const { terms } = line;
  if (terms === null) return NOTHING;
  const days = daysOf(line.description);
  const why = [...whyPart(line, terms, place), priceWords(terms)];
  const sum = sumOf(terms, days);
  return { why, sum: totalOf(sum, terms.priceCentavos) === line.amountCentavos ? sum : null };
}

const LATE_FEES: ReadonlySet<string> = new Set([
  "line_late_fee",
  "line_late_fee_percent",
  "line_late_fee_percent_vat",
]);

const NOTHING: ExplainedLine = { why: [], sum: null };

/** Lines that charge no period of a plan: why they are there. */
const WORDS_OF: Readonly<Record<string, (values: Coded["values"]) => Coded>> = {
  line_charge: () => coded("explain_charge"),
  line_opening: () => coded("explain_opening"),
  line_lock_in_fee: () => coded("explain_lock_in"),
  line_reconnection: (values) => coded("explain_reconnection", values as ValuesOf<"line_reconnection">),
  line_plan_unused: ({ days, of }) => coded("explain_plan_unused", { days: Number(days), of: Number(of) }),
};

/** What a sum comes to, worked out anew. */
export function totalOf(sum: LineSum, most: Centavos | null = null): Centavos {
  const { count, of } = sum.days ?? { count: 1, of: 1 };
  const kept = sum.basisPoints ?? WHOLE_BASIS_POINTS;
  const share = multiplyRounded(
    sum.baseCentavos,
    BigInt(count) * BigInt(kept),
    BigInt(of) * BigInt(WHOLE_BASIS_POINTS),
  );
  const capped = most === null || sum.days === null ? share : min(most, share);
  const total = centavos(capped - (sum.lessCentavos ?? 0n));
  return sum.isTakenOff ? centavos(-total) : total;
}

interface ChargedDays {
  count: number;
  of: number;
  suspended: number;
}

/** The days that a line says it charges; null for a whole period. */
function daysOf(description: Coded): ChargedDays | null {
  const line = description.code === "line_own" ? description.values.line as Coded : description;
  const { days, of, suspended = 0 } = line.values;
  return line.code === "line_whole" ? null : {
    count: Number(days),
    of: Number(of),
    suspended: Number(suspended),
  };
}

function sumOf({ priceCentavos, own }: PeriodTerms, days: ChargedDays | null): LineSum {
  const isPercent = own?.kind === "percent_off";
  return {
    baseCentavos: isPercent ? own.listPriceCentavos : priceCentavos,
    basisPoints: isPercent ? WHOLE_BASIS_POINTS - own.basisPoints : null,
    days: days === null ? null : { count: days.count, of: days.of },
    lessCentavos: null,
    isTakenOff: false,
  };
}

/** Why it is this part of a period. */
function whyPart(line: StoredLine, terms: PeriodTerms, { activatedOn, others }: LinePlace): Coded[] {
  const { periodStart, periodEnd } = line;
  const days = daysOf(line.description!);
  const whole = periodContaining(periodStart, terms.anchorDay);
  const isWhole = whole.start.equals(periodStart) && whole.end.equals(periodEnd);
  const why: Coded[] = [];
  if (terms.isChargedInFull) why.push(coded("explain_in_full"));
  else if (isWhole) why.push(coded("explain_whole"));
  else {
    const cycle = periodValue(whole.start, whole.end);
    const before = others.find((other) => other.periodEnd.equals(periodStart))?.terms ?? null;
    const after = others.find((other) => other.periodStart.equals(periodEnd))?.terms ?? null;
    if (activatedOn?.equals(periodStart) === true) {
      why.push(coded("explain_began", { on: periodStart, cycle }));
    } else if (!whole.start.equals(periodStart) && before !== null) {
      why.push(changeWords(before, terms, periodStart));
    }
    if (!whole.end.equals(periodEnd) && after !== null) {
      why.push(changeWords(terms, after, periodEnd));
    }
    if (why.length === 0) why.push(coded("explain_part", { cycle }));
    if (days !== null && terms.proration === "days30" && days.of === 30) why.push(coded("explain_days30"));
  }
  if (days !== null && days.suspended > 0) {
    why.push(coded("explain_suspended", { suspended: days.suspended }));
  }
  return why;
}

function changeWords(before: PeriodTerms, after: PeriodTerms, on: Temporal.PlainDate): Coded {
  return before.planName === after.planName
    ? coded("explain_price_changed", { on })
    : coded("explain_plan_changed", { before: before.planName, after: after.planName, on });
}

/** What a whole period cost then, and why. */
function priceWords({ planName: plan, priceCentavos: price, own }: PeriodTerms): Coded {
  if (own === undefined) return coded("explain_price", { plan, price });
  return coded("explain_own_price", {
    plan,
    list: own.listPriceCentavos,
    own: sayAgreed(own, own.untilOn),
    price,
  });
}

type LateFeeValues = ValuesOf<"line_late_fee"> & Partial<ValuesOf<"line_late_fee_percent_vat">>;

/** A fee of so many hundredths of a percent of what was unpaid, or of an amount. */
function explainLateFee({ values }: Coded, amount: Centavos): ExplainedLine {
  const { number, unpaid, base = unpaid, from, rate = null } = values as LateFeeValues;
  const why = coded("explain_late_fee", { number, unpaid, from });
  if (rate === null) return { why: [why, coded("explain_late_fee_flat", { amount })], sum: null };
  const sum: LineSum = {
    baseCentavos: base,
    basisPoints: Math.round(Number(rate) * 100),
    days: null,
    lessCentavos: null,
    isTakenOff: false,
  };
  return { why: [why], sum: totalOf(sum) === amount ? sum : null };
}

/** Suspended days of a period that was billed in advance. */
function explainBack({ description, amountCentavos, corrected }: StoredLine): ExplainedLine {
  if (description === null || corrected === null) return NOTHING;
  const off = Number(description.values.suspended);
  const why = coded("explain_back", {
    number: corrected.number,
    amount: corrected.amountCentavos,
    suspended: off,
  });
  const days = corrected.description === null ? null : daysOf(corrected.description);
  const charged = days?.count ?? lengthOf(corrected);
  const sum: LineSum = {
    baseCentavos: corrected.amountCentavos,
    basisPoints: null,
    days: { count: off, of: charged },
    lessCentavos: corrected.alreadyCentavos === 0n ? null : corrected.alreadyCentavos,
    isTakenOff: true,
  };
  if (charged > 0 && totalOf(sum) === amountCentavos) return { why: [why], sum };
  // Never more than the bill can bear: the rest comes off the one after it.
  const isLess = charged > 0 && totalOf(sum) < amountCentavos;
  return { why: isLess ? [why, coded("explain_back_limited")] : [why], sum: null };
}

function lengthOf({ periodStart, periodEnd }: CorrectedCharge): number {
  return periodStart.until(periodEnd, { largestUnit: "day" }).days;
}
