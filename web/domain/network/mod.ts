/** What the router shall do for a subscription, what people call its state, and PPP users and passwords that fit a router. */
export {
  type Activation,
  type BlockReason,
  decideDesired,
  type DesiredSecret,
  type StoredSubscriptionStatus,
} from "./desired.ts";
export { SUBSCRIPTION_STATE_WORDS, type SubscriptionState, subscriptionState } from "./subscription_state.ts";
export { pppNameProblem, suggestPppName } from "./ppp_name.ts";
export { PASSWORD_LENGTH, pppPassword } from "./ppp_password.ts";
