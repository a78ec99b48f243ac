import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isLoopbackAddress, isPublicAddress, MAIL_PORTS } from "@/web/domain/mail/host_rules.ts";
import type { MailReach, SmtpFailure, SmtpProblem } from "./types.ts";

const ADDRESSES_MAX = 4;

/** Which machine a name may lead to. */
export interface HostRule {
  host: string;
  port: number;
  reach: MailReach;
  /** Which of its ports. @default of a public one 25, 465, 587 and 2525, of this machine none, else any */
  ports?: readonly number[];
}

/** The addresses that are dialled, or why none is. */
export type ResolvedHost = { ok: true; addresses: readonly string[] } | { ok: false; failure: SmtpFailure };

/**
 * Looks a name up once; what is dialled then is the address, so that no second answer leads elsewhere. Of a server that
 * must be public, or of this machine, every address has to be: one that answers with both is not trusted with either.
 */
export async function resolveHost(
  { host, port, reach, ports = reach === "public" ? MAIL_PORTS : [] }: HostRule,
): Promise<ResolvedHost> {
  if (reach !== "anywhere" && !ports.includes(port)) {
    return refuse("address_not_allowed", `port ${port} is not one that mail is handed in at`);
  }
  let found: string[];
  try {
    found = isIP(host) !== 0 ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    // What else the resolver says differs by system and tells nothing more.
    const isAway = (error as { code?: string }).code === "EAI_AGAIN";
    return refuse(isAway ? "name_unanswered" : "name_not_found", `no address for ${host}`);
  }
  if (found.length === 0) return refuse("name_not_found", `no address for ${host}`);
  if (reach === "loopback" && !found.every(isLoopbackAddress)) {
    return refuse(
      "address_not_allowed",
      `${host} is another machine, and mail of the demo does not leave this one`,
    );
  }
  if (reach === "public" && !found.every(isPublicAddress)) {
    return refuse("address_not_allowed", `${host} is not a server of the public Internet`);
  }
  return { ok: true, addresses: found.slice(0, ADDRESSES_MAX) };
}

function refuse(problem: SmtpProblem, words: string): { ok: false; failure: SmtpFailure } {
  return { ok: false, failure: { problem, words, code: null, status: null } };
}
