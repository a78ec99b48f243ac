import type { Centavos } from "@/shared/money/centavos.ts";

/**
 * What the values of a code are. They are kept as they are and written in the reader's language when they are shown:
 * a date as `26 Nov 2026`, an amount as `₱1,499.00`. A list of words is one of them, for `select` in the message.
 */
interface ValueTypes {
  /** A name or what somebody else said, shown as it is. */
  text: string;
  /** Words of a router, a program or a person, shown as they are inside quotation marks and marked as theirs. */
  quote: string;
  /** Why somebody did it: in their own words, or a stored code where Linya gave the reason (`formatCoded`). */
  reason: string;
  /** What whoever mends it wants to know (an address, a program's own words); behind *Details*, in no sentence. */
  aside: string;
  /** A number of things; the message chooses its plural. */
  count: number;
  peso: Centavos;
  /** With its year. */
  date: Temporal.PlainDate;
  /** Day and month, where the year is plain from the context. */
  day: Temporal.PlainDate;
  /** 1 to 12, shown by its name. */
  month: number;
  /** Time of day, `09:00`. */
  time: Temporal.PlainTime;
  /** First day and the day after the last one, `2026-01-10/2026-02-01`. */
  period: string;
  /** Another code with its values. */
  coded: Coded;
  /** Several, joined by commas. */
  list: readonly Coded[];
}

/** A kind by its name, or the words that a value may be. */
export type ValueKind = keyof ValueTypes | readonly string[];
export type ValueOf<K extends ValueKind> = K extends readonly (infer Word)[] ? Word
  : K extends keyof ValueTypes ? ValueTypes[K]
  : never;
export type CodedValue = ValueTypes[keyof ValueTypes];

/** A code with its values: what is returned, stored and logged in place of a sentence. */
export interface Coded {
  code: string;
  values: Readonly<Record<string, CodedValue>>;
}

/** Kinds of a code's values by name. */
export type ValueKinds = Readonly<Record<string, ValueKind>>;

/** Why something that was asked for is not done. */
export interface RefusalEntry<V extends ValueKinds = ValueKinds> {
  /** HTTP status of the answer. */
  status: number;
  /** The field of a form that it is about, where a page does not say otherwise; null for the form as a whole. */
  field: string | null;
  values: V;
}

/** What is told or written down: an entry of the audit log, the reason of a run's row, the state of a router. */
export interface RemarkEntry<V extends ValueKinds = ValueKinds> {
  values: V;
}

/** An entry of the catalogue for a refusal. */
export function refusal<const V extends ValueKinds = Record<never, never>>(
  status: number,
  field: string | null = null,
  values: V = {} as V,
): RefusalEntry<V> {
  return { status, field, values };
}

/** An entry of the catalogue for a remark. */
export function remark<const V extends ValueKinds = Record<never, never>>(
  values: V = {} as V,
): RemarkEntry<V> {
  return { values };
}

/** Reasons for which a connection is off besides money. */
export const MANUAL_REASONS = ["admin", "abuse", "vacation", "imported_disabled", "not_installed"] as const;
/** Why a service ends, as people choose it; their own words stand beside it. */
export const END_REASONS = [
  "moved",
  "price",
  "quality",
  "other_provider",
  "not_paid",
  "closed",
  "died",
  "other",
] as const;
export type EndReason = (typeof END_REASONS)[number];
/** Things that have a name of which there is only one. */
export const NAMED_THINGS = ["site", "router", "view", "plan", "role"] as const;
/** What is tried with staff and roles, as the audit log names it when it is refused. */
export const STAFF_ATTEMPTS = [
  "invite",
  "renew",
  "withdraw",
  "roles",
  "disable",
  "enable",
  "leave",
  "make_role",
  "save_role",
  "delete_role",
  "see_as",
  "password",
  "factors",
  "end_sessions",
] as const;
/** What is known of a subscriber, as the audit log names it. */
export const CONTACT_FIELDS = ["name", "phone", "email", "address", "barangay", "city", "notes"] as const;
/** How a company is taxed, as in web/domain/billing. */
export const TAX_MODES = ["non_vat", "vat_inclusive", "vat_exclusive"] as const;
/** Rules of billing and cuts that can be set, by the names of the settings. */
export const BILLING_RULES = [
  "cycleAnchor",
  "cycleDay",
  "timing",
  "leadDays",
  "termsDays",
  "graceDays",
  "minNoticeDays",
  "lateTermsDays",
  "cutTime",
  "blackoutWeekdays",
  "blackoutDates",
  "minBalanceCentavos",
  "disputeDays",
  "brakePercent",
  "brakeMultiple",
  "suspendedPolicy",
  "stopAfterUnpaidBills",
  "firstBill",
  "mergeStubLtDays",
  "proration",
  "endCredit",
  "lateFeeKind",
  "lateFeeCentavos",
  "lateFeeBp",
  "lateAfterDays",
  "reconnectionFeeCentavos",
] as const;
