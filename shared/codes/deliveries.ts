import { refusal, remark } from "./kinds.ts";

/** What Linya says when somebody sends a message again or reminds many. */
export const deliveries = {
  mail_not_found: refusal(404),
  mail_to_staff: refusal(409),
  mail_waits_already: refusal(409),
  mail_of_void_bill: refusal(409),
  mail_sent_before: refusal(409),
  mail_not_sendable: refusal(409, null, {
    why: ["no_server", "no_address", "refused_address", "not_wanted", "silent"],
  }),
  mail_nobody_chosen: refusal(409),
  mail_list_changed: refusal(409),
  mail_too_many: refusal(422, null, { max: "count" }),
  audit_mail_again: remark({ email: "text" }),
  audit_mail_now: remark({ number: "text" }),
  audit_mail_reminded: remark({ count: "count" }),
  audit_bills_mailed: remark({ count: "count" }),
  audit_mail_unsent: remark({ count: "count" }),
  audit_mail_address_again: remark({ count: "count" }),
  audit_log_days: remark({ days: "count" }),
} as const;
