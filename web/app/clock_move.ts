import type { ClockMove } from "@/web/components/DemoBar.tsx";
import type { DayReport } from "@/web/services/run_due_days.ts";

const PARAMETER = "moved";

/** The page to come back to, with figures of the days passed: numbers only, so that an address puts no words on a page. */
export function withMove(back: string, days: readonly DayReport[]): string {
  const url = new URL(back, "http://own");
  const billsIssued = days.reduce((total, day) => total + (day.bill?.issued ?? 0), 0);
  const cut = days.reduce((total, day) => total + (day.cut?.cut ?? 0), 0);
  const isWaiting = days.at(-1)?.cut?.state === "awaiting_approval";
  url.searchParams.set(PARAMETER, `${billsIssued}.${cut}.${isWaiting ? 1 : 0}`);
  return url.pathname + url.search;
}

/** Reads them again; null when the address has none. */
export function readMove(url: URL): ClockMove | null {
  const match = /^(\d{1,7})\.(\d{1,7})\.([01])$/.exec(url.searchParams.get(PARAMETER) ?? "");
  return match === null
    ? null
    : { billsIssued: Number(match[1]), cut: Number(match[2]), isWaiting: match[3] === "1" };
}

/** The address without them, to come back to next time. */
export function withoutMove(url: URL): string {
  const plain = new URL(url);
  plain.searchParams.delete(PARAMETER);
  return plain.pathname + plain.search;
}
