import type { BlockReason, StoredSubscriptionStatus } from "./desired.ts";

/** The state of a subscription as people see it. Held is a promise to pay: on, and safe until a date (rule R5). */
export type SubscriptionState = "pending_install" | "active" | "held" | "disconnected" | "cancelled";

/** The words for each state, the same everywhere. */
export const SUBSCRIPTION_STATE_WORDS: Record<SubscriptionState, string> = {
  pending_install: "Pending install",
  active: "Active",
  held: "Held",
  disconnected: "Disconnected",
  cancelled: "Cancelled",
};

/** Derives the state of a subscription on a date. */
export function subscriptionState(
  subscription: {
    status: StoredSubscriptionStatus;
    blockReasons: readonly BlockReason[];
    /** Last day of a live hold; null without one. */
    holdUntil: Temporal.PlainDate | null;
    today: Temporal.PlainDate;
  },
): SubscriptionState {
  const { status, blockReasons, holdUntil, today } = subscription;
  if (status === "cancelled") return "cancelled";
  if (status === "pending" || blockReasons.includes("not_installed")) return "pending_install";
  if (blockReasons.length > 0) return "disconnected";
  if (holdUntil !== null && Temporal.PlainDate.compare(holdUntil, today) >= 0) return "held";
  return "active";
}
