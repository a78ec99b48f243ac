/** What agent and web say to each other: messages, limits, enrolment, hashes. */
export * from "./constants.ts";
export * from "./limits.ts";
export * from "./parts.ts";
export * from "./ppp_account.ts";
export * from "./commands.ts";
export * from "./enrolment.ts";
export {
  agentMessage,
  formatFrame,
  parseFrame,
  routerSealContext,
  routerSettings,
  webMessage,
} from "./messages.ts";
export type {
  AgentMessage,
  BadFrame,
  FrameHead,
  RouterSettings,
  Unnumbered,
  WebMessage,
} from "./messages.ts";
export { chunkRows } from "./chunks.ts";
export {
  changeStateHash,
  EMPTY_STATE_HASH,
  type HashedSecret,
  hashedText,
  stateHash,
  sumStateHash,
} from "./state_hash.ts";
