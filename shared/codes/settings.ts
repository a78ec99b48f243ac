import { BILLING_RULES, refusal, remark } from "./kinds.ts";

/** What Linya says about settings. */
export const settings = {
  file_too_large: refusal(422, null, { kilobytes: "count" }),
  logo_too_large: refusal(422, "logo", { kilobytes: "count" }),
  logo_is_svg: refusal(422, "logo"),
  logo_not_picture: refusal(422, "logo"),
  logo_dimensions: refusal(422, "logo", { max: "count" }),
  settings_impossible: refusal(422),
  zone_unknown: refusal(422, "timeZone"),
  audit_company_saved: remark(),
  audit_zone_changed: remark({ before: "text", zone: "text" }),
  audit_checklist_dismissed: remark(),
  audit_rules_changed: remark({ rules: "list" }),
  audit_rule: remark({ rule: BILLING_RULES }),
} as const;
