/** Which operations wait for an approval, and who may give it. */
export { APPROVAL_KIND_IDS, type ApprovalKindId, isApprovalKind } from "./kinds.ts";
export {
  type ApprovalPolicy,
  type ApprovalWay,
  type Asking,
  isLooser,
  needsApproval,
  NO_APPROVAL,
  type SoleOwner,
  wayOf,
} from "./policy.ts";
export {
  nextState,
  REQUEST_STATES,
  type RequestEvent,
  type RequestState,
  type RequestTimes,
} from "./request_state.ts";
export {
  type Decidable,
  type Decider,
  type DecideRefusal,
  type DecideRule,
  isAsker,
  mayDecideSome,
  whyNotDecide,
  whyNotDecideAny,
} from "./may_decide.ts";
export {
  COOLING_HOURS,
  COOLING_HOURS_MAX,
  DECIDE_AT_ONCE_MAX,
  EXPIRE_DAYS,
  EXPIRE_DAYS_MAX,
  EXPORT_HOURS,
  FROM_COUNT_MAX,
} from "./limits.ts";
