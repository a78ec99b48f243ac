import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import type { CoverageState } from "../billing/mod.ts";
import { type BlackoutDays, firstAllowedDate, isBlackout, latest } from "./cut_date.ts";
import { debtKey, isUnreachable, lacksNotice, type NoticeState } from "./notice.ts";
import { countedCentavos, graceEndsOn, type OpenBill, pastGraceCentavos } from "./past_grace.ts";

export type { OpenBill };

/** Why a subscription is or is not cut today. */
export type RowDecision =
  | "cut"
  | "held"
  | "disputed"
  | "excluded"
  | "exempt"
  | "not_due"
  | "below_minimum"
  | "no_notice"
  | "paid";

/** One subscription as the Tonight list and the run itself see it. */
export interface CutRowInput {
  /** What is paid up front, where the connection lives by that: what it owes cuts it not. Left out: it gets bills. */
  prepaid?: CoverageState;
  /** Unpaid bills; paid ones may be among them. */
  bills: readonly OpenBill[];
  /** Promise to pay: safe until the end of this day. */
  holdUntil: Temporal.PlainDate | null;
  /** A person took the row off today's run. */
  isExcludedToday: boolean;
  /** Down by a planned outage at the hour of the cut: the first day on which cuts go on. Left out: it is not. */
  cutsGoOnOn?: Temporal.PlainDate;
  /** What it was told of its cut. Left out: nobody has to be told. */
  notice?: NoticeState;
  /** Never cut for non-payment. */
  isExempt: boolean;
  /** Debt that came with an import and that nobody has included yet. */
  isImportedUndecided: boolean;
  /** Less than this past grace never leads to a cut. */
  minBalanceCentavos: Centavos;
  /** Days on which nobody is cut. */
  blackout: BlackoutDays;
  /** The business date of the run. */
  today: Temporal.PlainDate;
  /** The day on which the reason is read, where that is known: a reason that is kept speaks of no "today". */
  readOn?: Temporal.PlainDate;
}

/** The decision with its reason. */
export interface CutRow {
  /** What the run does with the row. */
  decision: RowDecision;
  /** The date of the cut if nothing changes, today at the earliest; null when none follows. */
  cutOn: Temporal.PlainDate | null;
  /** What is owed on bills whose grace has ended. */
  pastGraceCentavos: Centavos;
  /** A stored code, that says e.g. `₱1,499.00 due 8 Mar, grace ended 13 Mar`. */
  reason: string;
}

/**
 * Decides one row of a cut run. The preview and the run call the same function, the run inside the transaction that
 * cuts: whoever has paid in between is found here (rule R2).
 */
export function decideRow(input: CutRowInput): CutRow {
  if (input.prepaid !== undefined) return decidePrepaidRow(input, input.prepaid);
  const owed = input.bills.filter((bill) => bill.balanceCentavos > 0n).sort(byGraceEnd);
  const [oldest] = owed;
  const pastGrace = pastGraceCentavos(owed, input.today);
  if (oldest === undefined) return row(input, "paid", null, pastGrace, coded("nothing_owed"));

  const ready = readyOn(owed, input.minBalanceCentavos);
  const disputed = whatDisputeKeeps(owed, ready, input);
  if (disputed !== null) return row(input, "disputed", ready, pastGrace, disputed);
  const debt = describeDebt(owed, input);
  if (ready === null) {
    return row(input, "below_minimum", null, pastGrace, belowMinimum(input, debt));
  }
  if (input.isExempt) return row(input, "exempt", null, pastGrace, coded("row_exempt", { debt }));
  if (Temporal.PlainDate.compare(ready, input.today) > 0) return notReady(input, ready, pastGrace, debt);
  return decideReady(input, { pastGrace, debt, readyOn: ready });
}

/** In words, where only a dispute stands between the debt and a cut, today or ever; null where it changes nothing. */
function whatDisputeKeeps(
  owed: readonly OpenBill[],
  ready: Temporal.PlainDate | null,
  input: CutRowInput,
): Coded | null {
  if (input.isExempt) return null;
  const isToday = (on: Temporal.PlainDate | null) =>
    on !== null && Temporal.PlainDate.compare(on, input.today) <= 0;
  const whole = owed.map((bill) => ({ ...bill, disputedCentavos: ZERO }));
  const readyWhole = readyOn(whole, input.minBalanceCentavos);
  if (isToday(ready) || readyWhole === null) return null;
  if (!isToday(readyWhole)) {
    const all = sum(owed.map(({ disputedCentavos = ZERO }) => disputedCentavos));
    return ready === null ? coded("row_disputed", { debt: describeDebt(whole, input), amount: all }) : null;
  }
  const kept = pastGraceCentavos(whole, input.today) - pastGraceCentavos(owed, input.today);
  return coded("row_disputed", { debt: describeDebt(whole, input), amount: centavos(kept) });
}

/** Cut on the first day that no paid bill covers, by the same holds, exclusions and free days as any other. */
function decidePrepaidRow(input: CutRowInput, prepaid: CoverageState): CutRow {
  const state = describeCoverage(prepaid, input.today);
  if (prepaid.isCovered) return row(input, "not_due", prepaid.until, ZERO, state);
  if (input.isExempt) return row(input, "exempt", null, ZERO, coded("row_exempt", { debt: state }));
  return decideReady(input, { pastGrace: ZERO, debt: state, readyOn: null });
}

/** Past grace with enough owed: only a person or the calendar stands between this row and the cut. */
function decideReady(
  input: CutRowInput,
  { pastGrace, debt, readyOn }: { pastGrace: Centavos; debt: Coded; readyOn: Temporal.PlainDate | null },
): CutRow {
  const { today, holdUntil } = input;
  if (holdUntil !== null && Temporal.PlainDate.compare(holdUntil, today) >= 0) {
    return row(input, "held", today, pastGrace, coded("row_held", { debt, until: holdUntil }));
  }
  if (input.isImportedUndecided) {
    return row(input, "excluded", null, pastGrace, coded("row_imported", { debt }));
  }
  if (input.isExcludedToday) {
    return row(input, "excluded", today.add({ days: 1 }), pastGrace, coded("row_excluded", { debt }));
  }
  if (input.cutsGoOnOn !== undefined) {
    const reason = coded("row_outage", { debt, day: input.cutsGoOnOn });
    return row(input, "not_due", input.cutsGoOnOn, pastGrace, reason);
  }
  if (isBlackout(today, input.blackout)) {
    return row(input, "not_due", today, pastGrace, coded("row_no_cuts", { debt, day: today }));
  }
  const why = lacksNotice(input.notice, debtKey(input.bills, input.prepaid), readyOn);
  if (why !== null) {
    // A notice that is sent today lets the next run cut; who cannot be sent one is kept until that changes.
    const next = isUnreachable(why) ? null : today.add({ days: 1 });
    return row(input, "no_notice", next, pastGrace, coded("row_no_notice", { debt, why }));
  }
  return row(input, "cut", today, pastGrace, debt);
}

function notReady(
  input: CutRowInput,
  ready: Temporal.PlainDate,
  pastGrace: Centavos,
  debt: Coded,
): CutRow {
  if (pastGrace === 0n) return row(input, "not_due", ready, pastGrace, debt);
  return row(input, "below_minimum", ready, pastGrace, belowMinimum(input, debt));
}

function belowMinimum(input: CutRowInput, debt: Coded): Coded {
  return coded("row_below_minimum", { debt, min: input.minBalanceCentavos });
}

function row(
  input: CutRowInput,
  decision: RowDecision,
  earliest: Temporal.PlainDate | null,
  pastGrace: Centavos,
  reason: Coded,
): CutRow {
  const afterHold = input.holdUntil?.add({ days: 1 }) ?? null;
  const cutOn = earliest === null ? null : firstAllowedDate(latest(earliest, afterHold), input.blackout);
  return { decision, cutOn, pastGraceCentavos: pastGrace, reason: formatCoded(reason) };
}

/** The first day on which bills past grace sum to the minimum; null when they never will. */
function readyOn(owed: readonly OpenBill[], minimum: Centavos): Temporal.PlainDate | null {
  let total = 0n;
  for (const bill of owed) {
    total += countedCentavos(bill);
    if (total > 0n && total >= minimum) return graceEndsOn(bill).add({ days: 1 });
  }
  return null;
}

/** Speaks of the bills past grace, or of all of them while there is none. */
function describeDebt(owed: readonly OpenBill[], { today, readOn }: CutRowInput): Coded {
  const past = owed.filter((bill) => pastGraceCentavos([bill], today) > 0n);
  const counted = owed.filter((bill) => countedCentavos(bill) > 0n);
  const named = past.length > 0 ? past : counted.length > 0 ? counted : owed;
  const [oldest] = named;
  if (oldest === undefined) throw new TypeError("Cannot describe debt: no bill is owed");
  const grace = graceEndsOn(oldest);
  const values = {
    amount: sum(named.map(counted.length > 0 ? countedCentavos : (bill) => bill.balanceCentavos)),
    bills: named.length,
    due: oldest.dueOn,
    grace,
    state: graceState(grace, readOn, past.length > 0),
  } as const;
  // The year only where it is not this one.
  const isThisYear = oldest.dueOn.year === today.year && grace.year === today.year;
  return isThisYear ? coded("debt", values) : coded("debt_of_years", values);
}

/** Until its last day, or that there never was one. */
function describeCoverage({ isCovered, until }: CoverageState, today: Temporal.PlainDate): Coded {
  if (until === null) return coded("prepaid_none");
  const last = until.subtract({ days: 1 });
  // The year only where it is not this one.
  if (last.year !== today.year) {
    return coded(isCovered ? "prepaid_until_of_years" : "prepaid_expired_of_years", { until: last });
  }
  return coded(isCovered ? "prepaid_until" : "prepaid_expired", { until: last });
}

/** Its last day is still grace, also for who reads the list of the day after. */
function graceState(
  grace: Temporal.PlainDate,
  readOn: Temporal.PlainDate | undefined,
  isPast: boolean,
): "ended" | "today" | "ends" {
  if (readOn === undefined) return isPast ? "ended" : "ends";
  const order = Temporal.PlainDate.compare(grace, readOn);
  if (order === 0) return "today";
  return order < 0 ? "ended" : "ends";
}

function byGraceEnd(a: OpenBill, b: OpenBill): number {
  return Temporal.PlainDate.compare(graceEndsOn(a), graceEndsOn(b));
}
