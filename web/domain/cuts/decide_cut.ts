import type { Centavos } from "@/shared/money/mod.ts";
import { localDate } from "@/shared/calendar/mod.ts";
import { type BlackoutDays, firstAllowedDate, latest } from "./cut_date.ts";

/** One debt and the moment at which it is looked at. */
export interface CutInput {
  /** The last day to pay in time. */
  dueOn: Temporal.PlainDate;
  /** Days past due that stay connected. */
  graceDays: number;
  /** What is owed. */
  balanceCentavos: Centavos;
  /** Less than this never leads to a cut. */
  minBalanceCentavos: Centavos;
  /** Local time of the cut run. */
  runTime: Temporal.PlainTime;
  /** The moment of the question. */
  now: Temporal.Instant;
  /** Of the tenant. */
  timeZone: string;
  /** Days on which nobody is cut. */
  blackout: BlackoutDays;
  /** Promise to pay: safe until the end of this day. */
  holdUntil: Temporal.PlainDate | null;
  /** Never cut for non-payment. */
  isExempt: boolean;
}

/** What follows from it. */
export interface CutDecision {
  /** Today on the wall of the tenant. */
  localDate: Temporal.PlainDate;
  /** Past due with something owed. */
  isOverdue: boolean;
  /** Null when this debt never leads to a cut. */
  disconnectOn: Temporal.PlainDate | null;
  /** The hour of the cut has come. A run that is late keeps off blackout days by itself, see {@link decideRow}. */
  isEligible: boolean;
}

/**
 * The cut date of one debt: due + grace + 1, moved forward over holds and blackout days (rule R1), and whether that
 * hour has come. {@link decideRow} is the same rule for a subscription with several bills.
 */
export function decideCut(input: CutInput): CutDecision {
  const today = localDate(input.now, input.timeZone);
  const isOverdue = Temporal.PlainDate.compare(today, input.dueOn) > 0 && input.balanceCentavos > 0n;
  const disconnectOn = disconnectDate(input);
  return {
    localDate: today,
    isOverdue,
    disconnectOn,
    isEligible: disconnectOn !== null && hasCome(input, disconnectOn),
  };
}

function disconnectDate(input: CutInput): Temporal.PlainDate | null {
  const isOwed = input.balanceCentavos > 0n && input.balanceCentavos >= input.minBalanceCentavos;
  if (!isOwed || input.isExempt) return null;
  const afterGrace = input.dueOn.add({ days: input.graceDays + 1 });
  const afterHold = input.holdUntil?.add({ days: 1 }) ?? null;
  return firstAllowedDate(latest(afterGrace, afterHold), input.blackout);
}

function hasCome(input: CutInput, on: Temporal.PlainDate): boolean {
  const at = on.toZonedDateTime({ timeZone: input.timeZone, plainTime: input.runTime }).toInstant();
  return Temporal.Instant.compare(input.now, at) >= 0;
}
