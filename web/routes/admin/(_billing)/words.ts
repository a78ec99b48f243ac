import { formatDateShort, formatDayMonth } from "@/shared/calendar/mod.ts";
import type { PaymentRow } from "@/web/store/payments.ts";
import type { BlockReason } from "@/web/domain/provisioning/mod.ts";

/** How money came in, in words. */
export const METHOD_WORDS: Record<PaymentRow["method"], string> = {
  cash: "Cash",
  gcash: "GCash",
  maya: "Maya",
  bank: "Bank transfer",
  check: "Check",
  other: "Other",
};

/** Why a connection is off, in words. */
export const REASON_WORDS: Record<BlockReason, string> = {
  nonpayment: "Non-payment",
  abuse: "Abuse",
  vacation: "Vacation",
  admin: "Office decision",
  not_installed: "Not installed yet",
  imported_disabled: "Imported as disconnected",
};

/** Reasons that a person set and may take away; the others go by themselves. */
export const REASONS_BY_HAND: readonly BlockReason[] = ["admin", "abuse", "vacation", "imported_disabled"];

/** A day without its year where that is this year's: `26 Nov`. */
export function shortDay(date: Temporal.PlainDate, today: Temporal.PlainDate): string {
  return date.year === today.year ? formatDayMonth(date) : formatDateShort(date);
}

/** Time of day as people say it: `9:00`. */
export function clockTime(time: string): string {
  return Temporal.PlainTime.from(time).toString({ smallestUnit: "minute" }).replace(/^0/, "");
}

/** A message of a use case as a sentence. */
export function sentence(message: string): string {
  return /[.:…]$/.test(message) ? message : `${message}.`;
}
