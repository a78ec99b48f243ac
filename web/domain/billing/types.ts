import type { Centavos } from "@/shared/money/mod.ts";

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
export type BillLineKind = "recurring" | "one_time";

/** Everything that the planner looks at. Options that are left out take the default. */
export interface PlanBillsInput {
  /** For the line descriptions, e.g. `Fiber 50`. */
  planName: string;
  timing: BillTiming;
  /** 1 to 31; 31 is the last day of every month. */
  anchorDay: number;
  priceCentavos: Centavos;
  activatedOn: Temporal.PlainDate;
  /** Watermark: the end (exclusive) of the last period that was billed; null before the first bill. */
  billedThrough: Temporal.PlainDate | null;
  /** The date of this run, in the tenant's zone. */
  asOf: Temporal.PlainDate;
  termsDays: number;
  /** Days that a late run must leave before the due date. @default 3 */
  minNoticeDays?: number;
  /** Days before the period begins; advance only. @default 0 */
  leadDays?: number;
  /** @default "prorate" */
  firstBill?: FirstBillPolicy;
  /** A first stub shorter than this is billed with the next period; arrears only. @default 0 */
  mergeStubLtDays?: number;
  /** @default "actual" */
  proration?: Proration;
}

/** One line of a planned bill. Its period is half-open. */
export interface PlannedBillLine {
  kind: BillLineKind;
  description: string;
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  /** Days that are charged for. */
  days: number;
  /** Days that the price is divided by. */
  periodDays: number;
  amountCentavos: Centavos;
}

/** A bill that is due to be issued. Its period is half-open. */
export interface PlannedBill {
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  lines: PlannedBillLine[];
  totalCentavos: Centavos;
  issuedOn: Temporal.PlainDate;
  dueOn: Temporal.PlainDate;
}
