import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";

type Waiting = Pick<SubscriptionDetail, "status" | "billing_mode" | "secret" | "first_purchase">;

/** Whether it is prepaid, waits, and begins with a purchase that nobody has paid for yet. */
export function buysFirst({ status, billing_mode: mode, first_purchase: first }: Waiting): boolean {
  return mode === "prepaid" && status === "pending" && first === null;
}

/** Whether a person may end Pending install: a prepaid one needs to be paid for. */
export function mayActivate(connection: Waiting): boolean {
  return connection.status === "pending" && connection.secret !== "wanted" && !buysFirst(connection);
}
