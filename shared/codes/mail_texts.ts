import { refusal, remark } from "./kinds.ts";

const OCCASIONS = [
  "bill_issued",
  "payment_received",
  "reminder",
  "cut_notice",
  "cut",
  "restored",
  "hold_granted",
  "credit_given",
] as const;
const LANGUAGES = ["en", "fil"] as const;

/** What Linya says about the texts of mails, and about what subscribers want to be sent. */
export const mailTexts = {
  mail_text_unknown_variable: refusal(422, "body", { name: "text" }),
  mail_text_brace: refusal(422, "body"),
  mail_text_empty: refusal(422, "body"),
  audit_mail_text_saved: remark({ occasion: OCCASIONS, language: LANGUAGES }),
  audit_mail_text_reset: remark({ occasion: OCCASIONS, language: LANGUAGES }),
  audit_mail_wanted: remark({ wanted: ["all", "no_reminders", "none"] }),
  audit_mail_language: remark({ language: ["en", "fil", "company"] }),
  audit_bill_address_taken_back: remark({ number: "text" }),
} as const;
