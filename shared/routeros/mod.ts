export { DEFAULT_LIMITS, encodeLength, encodeSentence, SentenceDecoder } from "./codec.ts";
export type { DecoderLimits, Sentence } from "./codec.ts";
export { lettersOf } from "./plain_sentence.ts";
export { Greeting } from "./greeting.ts";
export { parseReply, splitAttribute } from "./sentence.ts";
export type { Reply, ReplyType, Row } from "./sentence.ts";
export {
  AnswerTooLongError,
  classifyTrap,
  ClosedError,
  ConnectError,
  FatalError,
  LoginError,
  OtherServiceError,
  ProtocolError,
  RouterOsError,
  SilentPortError,
  TimeoutError,
  TrapError,
} from "./errors.ts";
export { TlsError, TunnelError } from "./transport_errors.ts";
export type { TlsFailure, TunnelFailure } from "./transport_errors.ts";
export type { LoginFailure, ServiceKind, Trap, TrapKind } from "./errors.ts";
export { and, eq, gt, has, lt, not, notHas, or } from "./query.ts";
export type { Query } from "./query.ts";
export { CAPABILITY_NAMES, compareVersions, featuresOf, isCapable, parseVersion } from "./version.ts";
export type { Capability, RouterOsFeatures, RouterOsVersion } from "./version.ts";
export {
  formatBoolean,
  formatDuration,
  formatRouterDate,
  isEpochDate,
  parseBoolean,
  parseCounter,
  parseDuration,
  parseRate,
  parseRateLimit,
  parseRouterDate,
} from "./values.ts";
export type { RatePair } from "./values.ts";
export { challengeResponse } from "./challenge.ts";
