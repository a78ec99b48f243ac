import type { Centavos } from "@/shared/money/mod.ts";

/** What people see; only draft, issued and void are stored, the rest follows from the ledger and the date. */
export type BillStatus = "draft" | "due" | "partly_paid" | "paid" | "disputed" | "grace" | "overdue" | "void";

/** The words for each status, the same everywhere. */
export const BILL_STATUS_WORDS: Record<BillStatus, string> = {
  draft: "Draft",
  due: "Due",
  partly_paid: "Partly paid",
  paid: "Paid",
  disputed: "Disputed",
  grace: "Grace",
  overdue: "Overdue",
  void: "Void",
};

/** What the status is derived from. */
export interface BillStatusInput {
  /** What is stored. */
  status: "draft" | "issued" | "void";
  /** What was asked. */
  totalCentavos: Centavos;
  /** What is allocated to it. */
  paidCentavos: Centavos;
  /** What of it is in an open dispute. @default 0 */
  disputedCentavos?: Centavos;
  /** Null only while the bill is a draft. */
  dueOn: Temporal.PlainDate | null;
  /** Days past due that stay connected. */
  graceDays: number;
  /** The date in the tenant's zone. */
  today: Temporal.PlainDate;
}

/**
 * The status of a bill today. Past the due date a part payment no longer shows: what matters then is when the
 * service is cut (grace until due + grace days, overdue from the day after). Disputed is what has nothing else to pay:
 * a bill that is disputed in part has the status of its rest.
 */
export function billStatus(bill: BillStatusInput): BillStatus {
  if (bill.status !== "issued") return bill.status;
  if (bill.dueOn === null) throw new TypeError("Cannot derive bill status: an issued bill has no due date");
  if (bill.paidCentavos >= bill.totalCentavos) return "paid";
  if (bill.totalCentavos - bill.paidCentavos <= (bill.disputedCentavos ?? 0n)) return "disputed";
  const daysPastDue = bill.dueOn.until(bill.today, { largestUnit: "day" }).days;
  if (daysPastDue > bill.graceDays) return "overdue";
  if (daysPastDue > 0) return "grace";
  return bill.paidCentavos > 0n ? "partly_paid" : "due";
}
