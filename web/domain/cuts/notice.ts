import type { CoverageState } from "../billing/mod.ts";
import { countedCentavos, graceEndsOn, type OpenBill } from "./past_grace.ts";

/** Why no mail can bring somebody a notice. */
export const UNREACHABLE = ["no_server", "no_address", "refused_address", "not_wanted"] as const;

/** Why somebody was not told of a cut: no mail can, or the newest notice is not sent. */
export const NOTICE_LACKS = [
  ...UNREACHABLE,
  /** It waits for its hour or for the mail server. */
  "queued",
  /** The mail server did not take it, or it was skipped. */
  "failed",
  /** It was sent, and names a later day. */
  "later",
  /** There is none yet. */
  "none",
] as const;
export type NoticeLack = (typeof NOTICE_LACKS)[number];

/** What a connection was told of its cut, where nobody is cut without notice. */
export interface NoticeState {
  /** Debts of which notice was sent, for a cut on this day or before, see {@linkcode debtKey}. */
  toldOf: readonly string[];
  /** Why it was not sent, where it was not. */
  lack: NoticeLack;
  /** Who cannot be reached is cut all the same. */
  goesOnUnreachable: boolean;
}

/** A notice is of the debt that it was sent for: one of an earlier debt, that was paid, is none of this one. */
export function debtKey(bills: readonly OpenBill[], prepaid?: CoverageState): string {
  if (prepaid !== undefined) return `prepaid:${prepaid.until?.subtract({ days: 1 }) ?? "never"}`;
  return `due:${oldestDueOn(bills) ?? "never"}`;
}

/** Due date of what is owed longest and counts for a cut; null where nothing does. */
export function oldestDueOn(bills: readonly OpenBill[]): Temporal.PlainDate | null {
  const [oldest] = bills.filter((bill) => countedCentavos(bill) > 0n)
    .sort((a, b) => Temporal.PlainDate.compare(graceEndsOn(a), graceEndsOn(b)));
  return oldest?.dueOn ?? null;
}

/** Why somebody is kept on for want of a notice; null where nothing is wanting. */
export function lacksNotice(notice: NoticeState | undefined, debt: string): NoticeLack | null {
  if (notice === undefined || notice.toldOf.includes(debt)) return null;
  return isUnreachable(notice.lack) && notice.goesOnUnreachable ? null : notice.lack;
}

/** Whether no notice can be sent at all as things stand. */
export function isUnreachable(lack: NoticeLack): boolean {
  return (UNREACHABLE as readonly NoticeLack[]).includes(lack);
}
