import { storedText } from "@/web/messages/coded_text.ts";
import { formatDate, formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { billStatus } from "@/web/domain/billing/mod.ts";
import { decideRow } from "@/web/domain/cuts/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { BillRow } from "@/web/store/billing/bills.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { clockTime, shortDay } from "./page_words.ts";

/** The status of a bill on the business date. */
export function statusOf(bill: BillRow, today: Temporal.PlainDate) {
  return billStatus({
    status: bill.status,
    totalCentavos: centavos(bill.total_centavos),
    paidCentavos: centavos(bill.paid_centavos),
    disputedCentavos: centavos(bill.disputed_centavos),
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
  t: Translate,
  bill: BillRow,
  connection: SubscriptionDetail | null,
  moment: PageMoment,
): string {
  if (bill.status === "void") {
    return t("bills.is_void", {
      reason: bill.void_reason === null ? t("bills.no_reason") : storedText(t, bill.void_reason),
    });
  }
  if (bill.due_on === null) return t("bills.is_draft");
  if (balanceOf(bill) === 0n) return t("bills.is_paid", { day: formatDateShort(bill.due_on, t.locale) });
  return t("bills.is_due", {
    day: formatDate(bill.due_on, t.locale),
    cut: describeCut(t, bill, connection, moment),
  });
}

function describeCut(
  t: Translate,
  bill: BillRow,
  connection: SubscriptionDetail | null,
  moment: PageMoment,
): string {
  if (connection === null || connection.status === "cancelled") return t("bills.cut_ended");
  if (connection.reasons.includes("nonpayment")) {
    return statusOf(bill, moment.today) === "overdue" ? t("bills.cut_already") : t("bills.cut_older");
  }
  if (connection.reasons.length > 0) return t("bills.cut_other");
  const { tenant, today, time } = moment;
  const row = decideRow({
    bills: bill.due_on === null ? [] : [{
      balanceCentavos: balanceOf(bill),
      disputedCentavos: centavos(bill.disputed_centavos),
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
  if (statusOf(bill, today) === "disputed") return t("bills.cut_disputed");
  if (row.decision === "exempt") return t("bills.cut_never");
  if (bill.is_imported && row.decision === "excluded") {
    return t("bills.cut_import");
  }
  if (row.cutOn === null) {
    return t("bills.cut_below", { amount: formatPeso(centavos(tenant.min_balance_centavos)) });
  }
  const at = clockTime(tenant.cut_time);
  const isOver = row.cutOn.equals(today) &&
    Temporal.PlainTime.compare(time, Temporal.PlainTime.from(tenant.cut_time)) >= 0;
  const held = connection.hold_until === null
    ? ""
    : `${t("bills.held_until", { day: shortDay(connection.hold_until, today, t.locale) })} `;
  if (isOver) return held + t("bills.cut_next");
  return held + t("bills.cut_on", { day: shortDay(row.cutOn, today, t.locale), at });
}
