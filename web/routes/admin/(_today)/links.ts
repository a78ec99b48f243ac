import type { CONNECTION_FIGURES } from "@/web/store/live/today_connections.ts";
import type { Span } from "@/web/store/live/today_money.ts";
import { address } from "@/web/app/frame/page_context.ts";

/** The lines of the subscribers list that a figure counts. */
export function subscribersOf(filter: (typeof CONNECTION_FIGURES)[keyof typeof CONNECTION_FIGURES]): string {
  return address("/admin/subscribers", filter);
}

/** The bills that `billedIn` counts. */
export function billsOf({ from, to }: Span): string {
  return address("/admin/bills", { live: "yes", from: String(from), to: String(to) });
}

/** The payments that `collectedIn` counts. */
export function paymentsOf({ from, to }: Span, method?: string): string {
  return address("/admin/payments", { status: "posted", from: String(from), to: String(to), method });
}
