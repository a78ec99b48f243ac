/** What the router shall do for a subscription, and what people call its state. */
export {
  type Activation,
  type BlockReason,
  decideDesired,
  type DesiredSecret,
  type StoredSubscriptionStatus,
} from "./desired.ts";
export { SUBSCRIPTION_STATE_WORDS, type SubscriptionState, subscriptionState } from "./state.ts";
