import type { CoverageState } from "../billing/mod.ts";
import { countedCentavos, graceEndsOn, type OpenBill } from "./past_grace.ts";

/** Why no mail can bring somebody a notice. */
export const UNREACHABLE = [
  "no_server",
  "no_address",
  "refused_address",
  "not_wanted",
  /** Whoever receives for the address answered to the last two that it takes them not. */
  "not_taken",
] as const;

/** Why somebody was not told of a cut: no mail can, or the newest notice is not sent. */
export const NOTICE_LACKS = [
  ...UNREACHABLE,
  /** It waits for its hour or for the mail server. */
  "queued",
  /** The mail server did not take it, or it was skipped. */
  "failed",
  /** It was sent, and names a later day. */
  "later",
  /** It was sent, and something that came after it says otherwise. */
  "overtaken",
  /** There is none yet. */
  "none",
] as const;
export type NoticeLack = (typeof NOTICE_LACKS)[number];

/** A notice that was sent and against which nothing speaks that came after it. */
export interface ToldNotice {
  /** See {@linkcode debtKey}. */
  debt: string;
  /** The day that it names: the day of the run, or before. */
  cutOn: Temporal.PlainDate;
}

/** What a connection was told of its cut, where nobody is cut without notice. */
export interface NoticeState {
  told: readonly ToldNotice[];
  /** Why it was not sent, where it was not. */
  lack: NoticeLack;
  /** The debt of those that were not taken. Left out: it was not that. */
  notTaken?: string;
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

/**
 * Why somebody is kept on for want of a notice; null where nothing is wanting. A notice of a day on which grace still goes
 * on by now is none: who was given more time was told of another day.
 *
 * @param readyOn first day on which the debt leads to a cut; null where days that were paid up front end
 */
export function lacksNotice(
  notice: NoticeState | undefined,
  debt: string,
  readyOn: Temporal.PlainDate | null,
): NoticeLack | null {
  if (notice === undefined) return null;
  const isTold = notice.told.some((told) =>
    told.debt === debt && (readyOn === null || Temporal.PlainDate.compare(told.cutOn, readyOn) >= 0)
  );
  if (isTold) return null;
  // Of a debt that was paid: this one was not told of yet.
  const lack = notice.lack === "not_taken" && notice.notTaken !== debt ? "none" : notice.lack;
  return isUnreachable(lack) && notice.goesOnUnreachable ? null : lack;
}

/** Whether no notice can be sent at all as things stand. */
export function isUnreachable(lack: NoticeLack): boolean {
  return (UNREACHABLE as readonly NoticeLack[]).includes(lack);
}
