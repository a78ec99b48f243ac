import { refusal, remark } from "./kinds.ts";

/** What a subscriber said to being written to. */
export const CONSENT_STATES = ["given", "refused", "withdrawn"] as const;
/** How they said it. */
export const CONSENT_WAYS = ["paper", "in_person", "phone", "message"] as const;
/** What is kept for so many days. */
export const KEPT_KINDS = ["mails", "openings", "security"] as const;

/** What Linya says about the data of people: what they agreed to, what they get, and how they are forgotten. */
export const privacy = {
  erasure_blocked: refusal(409),
  already_erased: refusal(409),
  erasure_gone: refusal(409),
  erasure_begun: refusal(409),
  subscriber_erased: refusal(409),
  consent_same: refusal(409),
  consent_text_missing: refusal(422),
  days_range: refusal(422, null, { min: "count", max: "count" }),
  audit_erasure_asked: remark({ account: "text" }),
  audit_erasure_withdrawn: remark({ account: "text" }),
  audit_erased: remark({ account: "text", count: "count" }),
  audit_erased_again: remark({ account: "text", count: "count" }),
  audit_personal_data: remark({ account: "text" }),
  audit_consent: remark({ state: CONSENT_STATES, way: CONSENT_WAYS }),
  audit_consent_text: remark({ version: "count" }),
  audit_people_listed: remark({ rows: "count" }),
  audit_retention: remark(),
  log_erased_again: remark({ account: "text" }),
  log_erasure_done: remark({ account: "text" }),
  log_cleaned: remark({ kind: KEPT_KINDS, count: "count" }),
} as const;
