/** What agent and web say to each other: messages, limits, enrolment, hashes. */
export * from "./constants.ts";
export * from "./limits.ts";
export * from "./parts.ts";
export * from "./ppp_account.ts";
export * from "./commands.ts";
export * from "./enrolment.ts";
export { type AgentMessage, agentMessage } from "./agent_messages.ts";
export {
  routerSealContext,
  type RouterSettings,
  routerSettings,
  type WebMessage,
  webMessage,
} from "./web_messages.ts";
export { formatFrame, parseFrame } from "./frames.ts";
export type { BadFrame, FrameHead, Unnumbered } from "./frames.ts";
export { chunkRows } from "./chunks.ts";
export {
  changeStateHash,
  EMPTY_STATE_HASH,
  type HashedSecret,
  hashedText,
  stateHash,
  sumStateHash,
} from "./state_hash.ts";
