import type { BilledLine, DayRange, FreedPeriod, OwnPrice } from "@/web/domain/billing/mod.ts";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import type { BillShape, WatermarkShape } from "@/web/store/billing/bill_write.ts";
import type { WaitingReconnection } from "./reconnection_fees.ts";
import type { NeverBilled } from "@/web/store/billing/charged_periods.ts";

/** What a run has to write for one subscription. */
export interface SubscriptionPlan {
  subscription: DueSubscription;
  bills: readonly BillShape[];
  /** Whose those of its bills are that are of another subscriber than has it now. */
  otherPayers: ReadonlyMap<BillShape, string>;
  watermark: WatermarkShape;
  /** Bills stop with this run: too many are unpaid. */
  isStopped: boolean;
  /** So many unpaid ones stop them. */
  stopAfter: number;
  /** Days that it passes over for good. */
  never: readonly Omit<NeverBilled, "subscription_id">[];
  /** First days of freed periods that will not be billed after all: they were suspended all the time. */
  dropped: readonly string[];
  /** Cuts whose fee its first bill asks for. */
  reconnections: readonly string[];
}

/** What is known of one subscription beyond its row. Most have nothing of it. */
export interface SubscriptionFacts {
  /** It has periods beyond the day up to which it counts as billed. */
  isAheadOfItself: boolean;
  /** Periods whose bills were voided. */
  freed: readonly FreedPeriod[];
  /** Days that are not charged, in order and apart from each other. */
  suspended: readonly DayRange[];
  /** The service is off now. */
  isOff: boolean;
  unpaidBills: number;
  /** Lines billed in advance whose suspended days come off the next bill. */
  billedLines: readonly BilledLine[];
  /** What it pays in place of the plan's price. */
  own: readonly OwnPrice[];
  /** Fees for coming back that its next bill asks for. */
  reconnections: readonly WaitingReconnection[];
}

/** A subscription like most. */
export const NOTHING_KNOWN: SubscriptionFacts = {
  isAheadOfItself: false,
  freed: [],
  suspended: [],
  isOff: false,
  unpaidBills: 0,
  billedLines: [],
  own: [],
  reconnections: [],
};
