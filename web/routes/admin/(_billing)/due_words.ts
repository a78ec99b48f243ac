import { formatDate, formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { billStatus } from "@/web/domain/billing/mod.ts";
import { decideRow } from "@/web/domain/dunning/mod.ts";
import type { BillRow } from "@/web/store/bills.ts";
import type { SubscriptionDetail } from "@/web/store/subscriptions.ts";
import type { PageMoment } from "./page_context.ts";
import { clockTime, shortDay } from "./words.ts";

/** The status of a bill on the business date. */
export function statusOf(bill: BillRow, today: Temporal.PlainDate) {
  return billStatus({
    status: bill.status,
    totalCentavos: centavos(bill.total_centavos),
    paidCentavos: centavos(bill.paid_centavos),
    dueOn: bill.due_on,
    graceDays: bill.grace_days,
    today,
  });
}

/** What is left to pay on a bill. */
export function balanceOf(bill: Pick<BillRow, "status" | "total_centavos" | "paid_centavos">) {
  return centavos(bill.status === "issued" ? bill.total_centavos - bill.paid_centavos : 0n);
}

/** When a bill is due, and what follows if it is not paid: `Due Thu, 26 Nov 2026. Cut on 2 Dec at 09:00 if unpaid.` */
export function describeDue(
  bill: BillRow,
  connection: SubscriptionDetail | null,
  moment: PageMoment,
): string {
  if (bill.status === "void") {
    return `Void: ${bill.void_reason ?? "no reason was given"}. Nothing is owed on it.`;
  }
  if (bill.due_on === null) return "A draft: nothing is owed on it yet.";
  if (balanceOf(bill) === 0n) return `Paid in full. It was due ${formatDateShort(bill.due_on)}.`;
  return `Due ${formatDate(bill.due_on)}. ${describeCut(bill, connection, moment)}`;
}

function describeCut(bill: BillRow, connection: SubscriptionDetail | null, moment: PageMoment): string {
  if (connection === null || connection.status === "cancelled") return "The connection has ended.";
  if (connection.reasons.includes("nonpayment")) {
    return statusOf(bill, moment.today) === "overdue"
      ? "The connection is cut until it is paid."
      : "The connection is cut already, for an older bill.";
  }
  if (connection.reasons.length > 0) return "The connection is off for another reason.";
  const { tenant, today, time } = moment;
  const row = decideRow({
    bills: bill.due_on === null ? [] : [{
      balanceCentavos: balanceOf(bill),
      dueOn: bill.due_on,
      graceDays: bill.grace_days,
    }],
    holdUntil: connection.hold_until,
    isExcludedToday: false,
    isExempt: connection.is_exempt,
    isImportedUndecided: bill.is_imported,
    minBalanceCentavos: centavos(tenant.min_balance_centavos),
    blackout: { weekdays: tenant.blackout_weekdays, dates: tenant.blackout_dates },
    today,
  });
  if (row.decision === "exempt") return "This connection is never cut for non-payment.";
  if (bill.is_imported && row.decision === "excluded") {
    return "It came with an import: nobody is cut for it until it is included on Tonight.";
  }
  if (row.cutOn === null) {
    return `Not cut for it alone: it is below ${formatPeso(centavos(tenant.min_balance_centavos))}.`;
  }
  const at = clockTime(tenant.cut_time);
  const isOver = row.cutOn.equals(today) &&
    Temporal.PlainTime.compare(time, Temporal.PlainTime.from(tenant.cut_time)) >= 0;
  const held = connection.hold_until === null ? "" : `Held until ${shortDay(connection.hold_until, today)}. `;
  if (isOver) return `${held}Cut in the next run if unpaid.`;
  return `${held}Cut on ${shortDay(row.cutOn, today)} at ${at} if unpaid.`;
}
