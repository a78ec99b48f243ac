import { buildMessage } from "./build_message.ts";
import { type SessionOptions, SmtpSession } from "./smtp_session.ts";
import type { OutgoingMail, SmtpFailure, SmtpServer, SmtpStep, SmtpTrial } from "./types.ts";

/**
 * Sends one message at once and says how far it came. Nothing of it is stored or tried again. A signal that ends it counts
 * as no answer in time.
 *
 * @throws {UnsendableMail} for addresses that are none
 */
export async function trySmtp(
  server: SmtpServer,
  mail: OutgoingMail,
  signal: AbortSignal,
  options: SessionOptions = {},
): Promise<SmtpTrial> {
  const message = buildMessage(mail);
  const opened = await SmtpSession.open(server, { ...options, signal });
  if (!opened.ok) return stopped(stepOfOpening(opened.step, opened.failure), opened.failure);
  const { session } = opened;
  try {
    const result = await session.send(message, () => Promise.resolve(true));
    if (!result.ok) return stopped(stepOfMessage(result.failure), result.failure);
    return { stoppedAt: null, failure: null, words: result.words };
  } finally {
    session.close();
  }
}

function stopped(stoppedAt: SmtpStep, failure: SmtpFailure): SmtpTrial {
  return { stoppedAt, failure, words: null };
}

function stepOfOpening(step: "name" | "connect" | "login", { problem }: SmtpFailure): SmtpStep {
  const isEncryption = problem === "wrong_encryption" || problem === "no_starttls" ||
    problem === "certificate";
  return step === "connect" && isEncryption ? "encryption" : step;
}

function stepOfMessage({ problem }: SmtpFailure): SmtpStep {
  if (problem === "sender_refused") return "sender";
  if (problem === "login_needed") return "login";
  return problem === "wrong_encryption" ? "encryption" : "accepted";
}
