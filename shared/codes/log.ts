import { refusal, remark } from "./kinds.ts";

/** What an agent is asked to do once, as in the protocol; with an underscore, as messages are named. */
const COMMANDS = [
  "router_test",
  "router_answer",
  "router_read_secrets",
  "session_kick",
  "secret_create",
  "secret_password",
] as const;

/** What the system log says of Linya itself, and how long it keeps it. */
export const log = {
  log_page_failed: remark({ method: "text", path: "text", aside: "aside" }),
  log_job_failed: remark({ job: "text", aside: "aside" }),
  log_agent_twice: remark(),
  log_agent_away: remark({ minutes: "count" }),
  log_agent_back: remark(),
  log_agent_sent_away: remark({ why: ["too_old", "no_common_protocol", "bad_hello", "key_unknown"] }),
  log_report_refused: remark({ why: ["unknown_names", "out_of_bounds", "bad_parts"] }),
  log_router_back: remark(),
  log_router_away: remark(),
  log_router_held: remark({ count: "count" }),
  log_command_failed: remark({ command: COMMANDS, why: "coded" }),
  log_command_unsaid: remark({ command: COMMANDS }),
  log_books_broken: remark({ count: "count" }),
  log_days_range: refusal(422, "days", { min: "count", max: "count" }),
} as const;
