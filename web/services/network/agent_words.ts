import { type Code, coded, formatCoded } from "@/shared/codes/mod.ts";

/** Codes that say what an agent's own code means; each keeps the agent's sentence for *Details*. */
const WORDS = {
  // States of a router, and what a test of it is answered with.
  unreachable: "router_not_reached",
  wrong_password: "router_login_refused",
  wrong_router: "router_is_other",
  unsupported_version: "router_too_old",
  error: "router_failed",
  // What goes wrong between an agent and its router.
  router_unreachable: "router_not_reached",
  router_timeout: "router_not_reached",
  router_connection_closed: "router_not_reached",
  router_login_refused: "router_login_refused",
  router_login_not_allowed: "router_login_not_allowed",
  router_api_not_allowed: "router_api_not_allowed",
  router_sessions_full: "router_sessions_full",
  router_version_unsupported: "router_too_old",
  router_protocol: "router_no_api",
  router_permission: "router_may_not_write",
  router_port_is_ssh: "router_port_ssh",
  router_port_is_web: "router_port_web",
  router_port_is_tls: "router_port_tls",
  router_port_is_silent: "router_port_silent",
  router_may_not_read: "router_reads_refused",
  router_row_without_id: "router_rows_without_id",
  router_may_not_write: "router_writes_refused",
  router_profile_missing: "router_profile_gone",
  router_uplink_down: "router_uplink_silent",
  router_clock_unset: "router_lacks_time",
  router_changed_at_once: "router_many_changed",
  router_identity_in_doubt: "router_name_changed",
  router_gone: "router_gone_meanwhile",
  router_endless_answer: "router_endless_answer",
  router_password_sealed_elsewhere: "agent_sealed_elsewhere",
  // What an agent does not do, and why.
  unknown_router: "agent_lacks_router",
  expired: "agent_too_late",
  withdrawn: "agent_took_back",
  unsupported: "agent_too_old",
  bad_arguments: "agent_not_understood",
  link_closed: "agent_link_lost",
  outcome_unknown: "agent_stopped_meanwhile",
  agent_fault: "agent_fault",
  sealed_elsewhere: "agent_sealed_elsewhere",
  secret_missing: "router_lacks_secret",
  profile_missing: "router_lacks_profile",
  name_taken: "router_secret_of_others",
  too_many: "router_too_much",
  answer_refused: "agent_answer_refused",
} as const satisfies Readonly<Record<string, Code>>;

/** Refusals of a router in its own words. */
const SAID = /the router said "(.*)"/s;

/**
 * What an agent tells of itself or of a router, as it is kept: its code says it in the reader's language, its own
 * sentence (with addresses and names) stands behind *Details*. A code of a newer agent leaves its sentence as it is.
 */
export function agentWords(code: string | null, message: string | null): string | null {
  if (message === null) return null;
  const aside = message;
  if (code !== null && Object.hasOwn(WORDS, code)) {
    return formatCoded(coded(WORDS[code as keyof typeof WORDS], { aside }));
  }
  const said = SAID.exec(message)?.[1];
  return said === undefined ? message : formatCoded(coded("router_said", { said, aside }));
}
