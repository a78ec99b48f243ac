import { fullJitterMs } from "@/shared/backoff.ts";
import { isNoMailbox } from "@/web/domain/mail/mailbox_status.ts";
import { isBrief, isOfSender, SENDING_LIMIT } from "@/web/domain/mail/sender_problems.ts";
import type { SmtpFailure } from "@/web/gateways/mail/types.ts";
import type { OutboxMessage } from "@/web/store/mail/outbox.ts";

/** How long a message is tried, from its first try on. */
export const RETRY_DAYS = 5;
const RETRY_LEAST_MS = 45_000;
const RETRY_BASE_MS = 4 * 60_000;
const RETRY_CAP_MS = 6 * 3_600_000;

/** Few tries at something that a person has to correct: many refused logins lock an account. */
const SLOW_MINUTES = [5, 15, 60, 180, 360];
const BRIEF_MINUTES = [1, 2, 5, 15, 30, 60];
/** Limits are counted by the day, over any 24 hours. */
const LIMIT_MINUTES = [60, 120, 240, 480, 960, 1440];

/** What is done about a failure. */
export type Decision =
  /** The message has its end. */
  | { kind: "end"; state: "failed" | "refused"; reason: string }
  | { kind: "later"; reason: string; at: Temporal.Instant; isPerhapsDouble: boolean }
  /** It sounds as if it were about who sends: the others wait, unless it is found to be about this message. */
  | { kind: "stop" }
  /** The message waits as it is, for seconds. */
  | { kind: "slow" };

/** A decision about the message itself. */
export type MessageDecision = Exclude<Decision, { kind: "stop" | "slow" }>;

/** When it is decided, and with which chance. */
export interface DecisionMoment {
  now: Temporal.Instant;
  random: () => number;
}

/** Decides about a message that a server did not take. */
export function decideOutcome(
  message: Pick<OutboxMessage, "attempts" | "expires_at" | "is_perhaps_double">,
  { problem }: Pick<SmtpFailure, "problem">,
  moment: DecisionMoment,
): Decision {
  if (isOfSender(problem)) return { kind: "stop" };
  if (problem === "too_fast") return { kind: "slow" };
  if (problem === "recipient_refused" || problem === "mailbox_full") {
    return { kind: "end", state: "refused", reason: problem };
  }
  if (problem === "message_refused") return { kind: "end", state: "failed", reason: problem };
  const isLost = problem === "answer_lost";
  // It was handed over twice and nobody knows: a third copy would be worse than a call to the subscriber.
  if (isLost && message.is_perhaps_double) return { kind: "end", state: "failed", reason: problem };
  return decideLater(message, { reason: problem, isPerhapsDouble: isLost }, moment);
}

/** Whether an answer may be about its message alone, whatever it sounds like. */
export function mayBeOfMessage({ command }: Pick<SmtpFailure, "command">): boolean {
  return command === "RCPT TO" || command === "DATA";
}

/** Decides about an answer that sounds as if it were about who sends, once it is known that it was about its message. */
export function decideOwn(
  message: Pick<OutboxMessage, "attempts" | "expires_at">,
  { problem, code }: Pick<SmtpFailure, "problem" | "code">,
  moment: DecisionMoment,
): MessageDecision {
  // A limit ends, whichever code is given. The reason says next time that it is known.
  return (code ?? 0) < 500 || problem === SENDING_LIMIT
    ? decideLater(message, { reason: problem }, moment)
    : { kind: "end", state: "failed", reason: "message_refused" };
}

/** Tries again after a while, longer each time, until the message is too old. */
export function decideLater(
  { attempts, expires_at }: Pick<OutboxMessage, "attempts" | "expires_at">,
  { reason, isPerhapsDouble = false }: { reason: string; isPerhapsDouble?: boolean },
  { now, random }: DecisionMoment,
): MessageDecision {
  const expiresAt = expires_at ?? expiryFrom(now);
  if (Temporal.Instant.compare(now, expiresAt) >= 0) return { kind: "end", state: "failed", reason };
  const waitMs = RETRY_LEAST_MS +
    fullJitterMs(attempts, { baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS, random });
  const at = now.add({ milliseconds: waitMs });
  // The last try comes before the end and not after it.
  return {
    kind: "later",
    reason,
    isPerhapsDouble,
    at: Temporal.Instant.compare(at, expiresAt) > 0 ? expiresAt : at,
  };
}

/** Last moment of the tries of a message that is tried now for the first time. */
export function expiryFrom(now: Temporal.Instant): Temporal.Instant {
  return now.add({ hours: 24 * RETRY_DAYS });
}

/** Whether a moment came after the first try of a message; where its tries were prolonged, it may say no. */
export function isAfterFirstTry(
  { expires_at }: Pick<OutboxMessage, "expires_at">,
  at: Temporal.Instant | null,
): boolean {
  return at !== null && expires_at !== null &&
    Temporal.Instant.compare(at, expires_at.subtract({ hours: 24 * RETRY_DAYS })) > 0;
}

/** How long a tenant's queue waits after so many tries with this problem. */
export function stopMinutes(problem: string, triesBefore: number): number {
  const steps = problem === SENDING_LIMIT ? LIMIT_MINUTES : isBrief(problem) ? BRIEF_MINUTES : SLOW_MINUTES;
  return steps[Math.min(triesBefore, steps.length - 1)] ?? 60;
}

/** Whether a returned mail's address gets nothing more: only where the status names the mailbox. */
export function refusalKind(status: string | null): "hard" | "soft" {
  return isNoMailbox(status) ? "hard" : "soft";
}

/** Whether the tenant's queue waits. A wait that is longer than any is one of a clock that was set back, and not believed. */
export function isWaiting(
  { not_before_at: until }: { not_before_at: Temporal.Instant | null },
  now: Temporal.Instant,
): boolean {
  return until !== null && Temporal.Instant.compare(until, now) > 0 &&
    Temporal.Instant.compare(until, now.add({ hours: 25 })) <= 0;
}
