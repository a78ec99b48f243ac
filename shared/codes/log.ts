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

/** Why a company's mail waits, with an underscore as messages are named. */
const MAIL_STOPS = [
  "recipient_refused",
  "message_refused",
  "recipient_later",
  "messages_refused",
  "mailbox_full",
  "too_fast",
  "name_unanswered",
  "name_not_found",
  "connection_refused",
  "connection_lost",
  "answer_lost",
  "timed_out",
  "server_busy",
  "sending_limit",
  "address_not_allowed",
  "wrong_encryption",
  "no_starttls",
  "certificate",
  "login_refused",
  "basic_login_ended",
  "login_needed",
  "sender_refused",
  "sender_blocked",
  "settings_unreadable",
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
  log_mail_refused: remark({ to: "text", kind: ["hard", "soft"], words: "quote" }),
  log_mail_returned: remark({ to: "text", kind: ["hard", "soft"], words: "quote" }),
  log_mail_failed: remark({ to: "text", words: "quote" }),
  log_mail_delayed: remark({ to: "text", words: "quote" }),
  log_mail_not_made: remark({ words: "quote" }),
  log_mail_never_made: remark({ words: "quote" }),
  log_mail_perhaps_double: remark({ to: "text", why: ["process_ended", "answer_lost"] }),
  log_mail_lost_twice: remark({ to: "text" }),
  log_mail_too_old: remark({ count: "count", days: "count" }),
  log_mail_stopped: remark({ server: "text", problem: MAIL_STOPS, words: "quote" }),
  log_mail_resumed: remark({ server: "text" }),
  log_mail_more: remark({ count: "count", said: "coded" }),
  log_days_range: refusal(422, "days", { min: "count", max: "count" }),
} as const;
