import type { MessageKey } from "@/web/messages/mod.ts";

/** Reasons for which a link ends, as agent and hub name them. */
const ENDED = [
  "cut",
  "silent",
  "web_restart",
  "stopped",
  "disk_full",
  "disk_unwritable",
  "unreachable",
  "clock_wrong",
  "key_unknown",
  "refused",
  "revoked",
  "replaced",
  "too_slow",
  "bad_messages",
  "no_welcome",
  "agent_failed",
] as const;
/** What keeps an agent from its work. */
const TROUBLES = ["disk_full", "disk_unwritable", "sends_too_much"] as const;
/** Refusals that are reasons as well: the list of sites and Today name them in a few words. */
const REFUSED: Readonly<Record<string, MessageKey>> = {
  too_old: "agents.ended_refused",
  no_common_protocol: "agents.ended_refused",
  bad_hello: "agents.ended_refused",
};

/** The words for why a link ended; a code of a newer agent is told by its details. */
export function endedKey(code: string): MessageKey {
  const known = ENDED.find((one) => one === code);
  return known === undefined ? REFUSED[code] ?? "agents.ended_other" : `agents.ended_${known}`;
}

/** The words for what troubles an agent: a pill, a title, or what it means. */
export function troubleKey(code: string, part: "" | "_title" | "_what"): MessageKey {
  const known = TROUBLES.find((one) => one === code) ?? "other";
  return `agents.trouble_${known}${part}`;
}
