import { coded } from "@/shared/codes/mod.ts";
import type { SkipReason } from "@/web/domain/mail/types.ts";
import type { SmtpFailure } from "@/web/gateways/mail/types.ts";
import type { MessageOutcome, OutboxMessage } from "@/web/store/mail/outbox.ts";
import { expiryFrom, type MessageDecision } from "./decide_outcome.ts";
import { lineOf, type MessageLine } from "./mail_lines.ts";
import type { Finished } from "./outbox_journal.ts";

const ADDRESS_MAX = 254;
/** Shown where there is no address. */
export const NOBODY = "–";

/** A try at a message. */
export interface Try {
  message: OutboxMessage;
  address: string | null;
  at: Temporal.Instant;
}

/** The server took it. */
export function finishSent(tried: Try, words: string): Finished {
  const { message, at } = tried;
  return {
    outcome: { ...outcomeOf(tried), state: "sent", words, attempts: message.attempts + 1, sentAt: at },
  };
}

/** It is not sent at all. */
export function finishSkipped(tried: Try, reason: SkipReason): Finished {
  return { outcome: { ...outcomeOf(tried), state: "skipped", reason } };
}

/** It waits as it did: what happened is not its own. */
export function finishUntouched(tried: Try): Finished {
  return { outcome: { ...outcomeOf(tried), reason: tried.message.reason } };
}

/** It waits behind the others: what it was refused for is perhaps not its own, and no try after the first is counted. */
export function finishAside(
  tried: Try,
  { problem, words }: Pick<SmtpFailure, "problem" | "words">,
  minutes: number,
): Finished {
  const { message, at } = tried;
  return {
    outcome: {
      ...outcomeOf(tried),
      reason: problem,
      words,
      attempts: Math.max(1, message.attempts),
      nextAttemptAt: at.add({ minutes }),
      expiresAt: message.expires_at ?? expiryFrom(at),
    },
  };
}

/** It failed, for ever or for now, as was decided. */
export function finishFailed(
  tried: Try,
  { words, code, status }: Pick<SmtpFailure, "words" | "code" | "status">,
  decision: MessageDecision,
): Finished {
  const { message, address, at } = tried;
  const { reason } = decision;
  const failed = { ...outcomeOf(tried), reason, words, attempts: message.attempts + 1 };
  const about = {
    at,
    messageId: message.id,
    subscriberId: message.subscriber_id,
    billId: message.bill_id,
    problem: reason,
    fields: { code, status, attempts: failed.attempts, occasion: message.occasion },
  };
  if (decision.kind === "later") {
    const outcome: MessageOutcome = {
      ...failed,
      nextAttemptAt: decision.at,
      expiresAt: message.expires_at ?? expiryFrom(at),
      isPerhapsDouble: decision.isPerhapsDouble,
    };
    const line = laterLine(about, { words, address, decision, isFirst: message.attempts === 0 });
    return line === null ? { outcome } : { outcome, line: lineOf(line) };
  }
  const outcome: MessageOutcome = { ...failed, state: decision.state };
  if (decision.state === "refused" && address !== null) {
    const kind = reason === "mailbox_full" ? "soft" : "hard";
    const said = coded("log_mail_refused", { to: address, kind, words });
    return {
      outcome,
      line: lineOf({ ...about, level: "warn", event: "mail_refused", said }),
      refusal: { address, kind, source: "server", status, words, messageId: message.id, at },
    };
  }
  const said = reason === "not_made"
    ? coded("log_mail_never_made", { words })
    : coded("log_mail_failed", { to: address ?? NOBODY, words });
  return { outcome, line: lineOf({ ...about, level: "error", event: "mail_failed", said }) };
}

/** Said the first time, not with every try; and whenever a copy may be out twice. */
function laterLine(
  about: Omit<MessageLine, "level" | "event" | "said">,
  { words, address, decision, isFirst }: {
    words: string;
    address: string | null;
    decision: Extract<MessageDecision, { kind: "later" }>;
    isFirst: boolean;
  },
): MessageLine | null {
  if (decision.isPerhapsDouble) {
    const said = coded("log_mail_perhaps_double", { to: address ?? NOBODY, why: "answer_lost" });
    return { ...about, level: "warn", event: "mail_perhaps_double", said };
  }
  if (!isFirst) return null;
  if (decision.reason === "not_made") {
    const said = coded("log_mail_not_made", { words });
    return { ...about, level: "error", event: "mail_not_made", said };
  }
  const said = coded("log_mail_delayed", { to: address ?? NOBODY, words });
  return { ...about, level: "warn", event: "mail_delayed", said };
}

/** Nothing changed; what is handed over is known to have an end. */
function outcomeOf({ message, address }: Try): MessageOutcome {
  return {
    id: message.id,
    state: "queued",
    reason: null,
    words: null,
    // What is longer is none, and has no room.
    address: address !== null && address.length <= ADDRESS_MAX ? address : null,
    attempts: message.attempts,
    nextAttemptAt: null,
    expiresAt: null,
    isPerhapsDouble: false,
    sentAt: null,
  };
}
