/** The status in the database. What a person reads is {@link subscriptionState}. */
export type StoredSubscriptionStatus = "pending" | "active" | "disconnected" | "cancelled";

/** Why a subscription is off. Only a cut run adds `nonpayment`, and a posting removes nothing else (rule R2). */
export type BlockReason =
  | "nonpayment"
  | "abuse"
  | "vacation"
  | "admin"
  | "not_installed"
  | "imported_disabled";

/** What ends Pending install: a day that has come, the first session, or a person. */
export type Activation = "day" | "first_session" | "by_hand";

/** The state that the router is asked to have for one PPP secret. */
export interface DesiredSecret {
  /** True: the secret is disabled and its session ended. */
  isDisabled: boolean;
  /** PPP profile; null leaves the profile of the router as it is. */
  profile: string | null;
}

/**
 * Service is on exactly when the subscription has begun, has not ended, and no reason stands against it. The stored
 * status `disconnected` adds nothing of its own: without a reason nobody stays off. A connection that waits for its
 * first session is on as well, or the installer could not dial in.
 */
export function decideDesired(
  subscription: {
    status: StoredSubscriptionStatus;
    /** Counts while the status is pending. @default "by_hand" */
    activation?: Activation;
    blockReasons: readonly BlockReason[];
    profile: string | null;
  },
): DesiredSecret {
  const { status, blockReasons, profile } = subscription;
  const isAwaited = status === "pending" && subscription.activation !== undefined &&
    subscription.activation !== "by_hand";
  const hasService = status === "active" || status === "disconnected" || isAwaited;
  return { isDisabled: !hasService || blockReasons.length > 0, profile };
}
