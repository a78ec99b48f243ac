import { coded, formatCoded } from "@/shared/codes/mod.ts";

/** A run that is about to cut. */
export interface BrakeInput {
  /** Subscriptions that this run would cut. */
  toCut: number;
  /** Active subscriptions of the tenant before the run. */
  active: number;
  /** Cuts of earlier runs, newest first. */
  recentRunCounts: readonly number[];
  /** Share of the active that a run may cut. @default 20 */
  percent?: number;
  /** Times the usual that a run may cut. @default 3 */
  multiple?: number;
}

/** Whether a person has to approve the run first, and why (rule R4). */
export interface BrakeDecision {
  /** True: nobody is cut before a person approves. */
  trips: boolean;
  /** A stored code; empty when the brake does not trip. */
  reason: string;
}

const USUAL_RUNS_MAX = 10;
const USUAL_RUNS_MIN = 3;

/**
 * Stops a run that would cut more than 20 % of the active subscriptions, or more than 3 times the usual, which is
 * the mean of the last runs that cut somebody. With fewer than three such runs there is no usual yet.
 */
export function decideBrake(input: BrakeInput): BrakeDecision {
  const { toCut, active, percent = 20, multiple = 3 } = input;
  if (toCut <= 0) return { trips: false, reason: "" };
  if (toCut * 100 > active * percent) {
    return {
      trips: true,
      reason: formatCoded(coded("brake_share", { cuts: toCut, percent, active })),
    };
  }
  const runs = input.recentRunCounts.filter((count) => count > 0).slice(0, USUAL_RUNS_MAX);
  const total = runs.reduce((sum, count) => sum + count, 0);
  if (runs.length < USUAL_RUNS_MIN || toCut * runs.length <= multiple * total) {
    return { trips: false, reason: "" };
  }
  const usual = Math.round((total / runs.length) * 10) / 10;
  return {
    trips: true,
    reason: formatCoded(coded("brake_usual", { cuts: toCut, multiple, usual: String(usual) })),
  };
}
