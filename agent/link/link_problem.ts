import { type AgentProblem, CLOSE } from "@/shared/protocol/mod.ts";
import { JournalError, messageOf } from "../journal/files.ts";
import type { DialOutcome } from "./dial.ts";
import type { LinkEnd } from "./link.ts";

/** Close codes of the web to the word that the web's pages know. */
const BY_CLOSE_CODE: Readonly<Record<number, string>> = {
  [CLOSE.restart]: "web_restart",
  [CLOSE.tooLarge]: "bad_messages",
  [CLOSE.protocol]: "refused",
  [CLOSE.slowPeer]: "too_slow",
  [CLOSE.revoked]: "revoked",
  [CLOSE.replaced]: "replaced",
  [CLOSE.deadPeer]: "silent",
};

/** A server certificate that is not valid at this machine's time: nearly always the clock of a box without battery. */
const CERTIFICATE_TIME = /certificate.*(NotValidYet|Expired|not valid|has expired)/i;

/** What ended a connection, as the agent saw it. */
export function problemOfEnd(end: LinkEnd): AgentProblem {
  return end.problem ?? { code: BY_CLOSE_CODE[end.code] ?? "cut", detail: end.reason || null };
}

/** What kept a connection from opening. */
export function problemOfDial(outcome: Exclude<DialOutcome, { kind: "open" }>): AgentProblem {
  if (outcome.kind === "revoked") return { code: "revoked", detail: null };
  if (outcome.kind === "refused") {
    return { code: outcome.code === "bad_signature" ? "key_unknown" : "refused", detail: outcome.message };
  }
  return {
    code: CERTIFICATE_TIME.test(outcome.message) ? "clock_wrong" : "unreachable",
    detail: outcome.message,
  };
}

/**
 * Which of the two the web should hear of: a connection that was only cut says less than what kept the next one from
 * opening; a disk that was full says more.
 */
export function tellingProblem(ended: AgentProblem | null, kept: AgentProblem): AgentProblem {
  const isVague = ended === null || ended.code === "cut" || ended.code === "silent";
  return isVague || kept.code !== "unreachable" ? kept : ended;
}

/** Why a message could not be dealt with. */
export function problemOf(error: unknown): AgentProblem {
  return error instanceof JournalError ? error.problem : { code: "agent_failed", detail: messageOf(error) };
}
