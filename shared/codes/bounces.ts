import { refusal } from "./kinds.ts";

/** What Linya says about mails that came back. */
export const bounces = {
  report_missing: refusal(422, "file"),
  report_unreadable: refusal(422, "file"),
  report_of_nothing: refusal(422, "file"),
} as const;
