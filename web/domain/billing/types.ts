import type { Coded } from "@/shared/codes/mod.ts";
import type { Centavos } from "@/shared/money/mod.ts";
import type { OwnTerms } from "./own_price.ts";
import type { DayRange } from "./suspended_days.ts";

/** Arrears: billed when the period has ended. Advance: billed when it begins. */
export type BillTiming = "arrears" | "advance";

/**
 * What happens to the days between activation and the first boundary (billing rule 4). `stub_plus_full` needs
 * advance, `merge_stub_lt` needs arrears; with the other timing both prorate.
 */
export type FirstBillPolicy = "prorate" | "full" | "free" | "stub_plus_full" | "merge_stub_lt";

/** `actual`: days of the whole period. `days30`: every month counts 30 days, and a stub never costs more than the price. */
export type Proration = "actual" | "days30";

/** What a line is for; decides the revenue account. */
export type BillLineKind =
  | "recurring"
  | "one_time"
  | "late_fee"
  | "reconnection_fee"
  | "convenience_fee"
  | "lock_in_fee"
  | "opening";

/** Everything that the planner looks at. Options that are left out take the default. */
export interface PlanBillsInput {
  /** For the line descriptions, e.g. `Fiber 50`. */
  planName: string;
  /** When a period is billed. */
  timing: BillTiming;
  /** 1 to 31; 31 is the last day of every month. */
  anchorDay: number;
  /** Price of a whole period, whatever its length. */
  priceCentavos: Centavos;
  /** Where the connection has a price of its own: how it comes about. */
  own?: OwnTerms;
  /** First day of service. */
  activatedOn: Temporal.PlainDate;
  /** Watermark: the end (exclusive) of the last period that was billed; null before the first bill. */
  billedThrough: Temporal.PlainDate | null;
  /** The date of this run, in the tenant's zone. */
  asOf: Temporal.PlainDate;
  /** Days from the natural date to the due date. */
  termsDays: number;
  /** Days that a late run must leave before the due date. @default 3 */
  minNoticeDays?: number;
  /** Days that a statement issued late leaves instead, where the tenant gives more; 0: no more. @default 0 */
  lateTermsDays?: number;
  /** Days before the period begins; advance only. @default 0 */
  leadDays?: number;
  /** What the first stub costs. @default "prorate" */
  firstBill?: FirstBillPolicy;
  /** A first stub shorter than this is billed with the next period; arrears only. @default 0 */
  mergeStubLtDays?: number;
  /** How a stub is priced. @default "actual" */
  proration?: Proration;
  /** Plans and prices that follow, in the order of their days; the last one of a day counts. @default none */
  changes?: readonly TermsChange[];
  /** Days that are not charged (policy `skip`), in order and apart from each other. @default none */
  suspended?: readonly DayRange[];
  /** First day without the service, where its end is planned: nothing is billed from there on. @default none */
  endsOn?: Temporal.PlainDate;
}

/** Another plan, or another price of the same one. */
export interface TermsChange {
  /** First day that is charged by it. */
  on: Temporal.PlainDate;
  /** For the line descriptions. */
  planName: string;
  /** Price of a whole period. */
  priceCentavos: Centavos;
  /** Where the connection has a price of its own: how it comes about. */
  own?: OwnTerms;
}

/** What a period is charged by; kept with it, so that it is billed again at its own price after a void (rule R6). */
export interface PeriodTerms {
  planName: string;
  /** Price of a whole period. */
  priceCentavos: Centavos;
  /** 1 to 31. */
  anchorDay: number;
  /** How a part is priced. */
  proration: Proration;
  /** The price of a whole period for a part of one (first bill policy `full`). */
  isChargedInFull: boolean;
  /** Where the connection had a price of its own: how it came about. */
  own?: OwnTerms;
}

/** One line of a planned bill. Its period is half-open. */
export interface PlannedBillLine {
  /** What the line is for. */
  kind: BillLineKind;
  /** Plan and days, for whoever reads the bill in their language. */
  description: Coded;
  /** First day. */
  periodStart: Temporal.PlainDate;
  /** Day after the last one. */
  periodEnd: Temporal.PlainDate;
  /** Days that are charged for. */
  days: number;
  /** Days that the price is divided by. */
  periodDays: number;
  /** Rounded once, here. */
  amountCentavos: Centavos;
  /** Of a period that is charged; null for a line that corrects one. */
  terms: PeriodTerms | null;
}

/** A bill that is due to be issued. Its period is half-open. */
export interface PlannedBill {
  /** First day. */
  periodStart: Temporal.PlainDate;
  /** Day after the last one. */
  periodEnd: Temporal.PlainDate;
  /** One; two for a stub billed with a whole period; one more where a plan changes inside. */
  lines: PlannedBillLine[];
  /** Every day of it was suspended: the period passes without a bill. */
  isWithheld?: boolean;
  /** Whose it is, where that is another subscriber than who has the connection now. */
  payerId?: string;
  /** Sum of the lines. */
  totalCentavos: Centavos;
  /** The date of the run. */
  issuedOn: Temporal.PlainDate;
  /** The last day to pay in time. */
  dueOn: Temporal.PlainDate;
}
