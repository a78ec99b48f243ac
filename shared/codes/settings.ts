import { BILLING_RULES, refusal, remark, TAX_MODES } from "./kinds.ts";

/** What Linya says about settings. */
export const settings = {
  file_too_large: refusal(422, null, { kilobytes: "count" }),
  logo_too_large: refusal(422, "logo", { kilobytes: "count" }),
  logo_is_svg: refusal(422, "logo"),
  logo_not_picture: refusal(422, "logo"),
  logo_dimensions: refusal(422, "logo", { max: "count" }),
  settings_impossible: refusal(422),
  zone_unknown: refusal(422, "timeZone"),
  tax_rate_out_of_range: refusal(422, "rate", { max: "count" }),
  tax_from_past: refusal(422, "from", { today: "date" }),
  tax_from_too_far: refusal(422, "from", { last: "date" }),
  tax_effect: refusal(409, "mode", {
    mode: TAX_MODES,
    price: "peso",
    before: "peso",
    after: "peso",
    vat: "peso",
    from: "date",
  }),
  tax_needs_registration: refusal(422, "tin"),
  tin_invalid: refusal(422, "tin"),
  audit_tax_saved: remark({ mode: TAX_MODES, rate: "text", from: "date" }),
  audit_registration_saved: remark(),
  audit_company_saved: remark(),
  audit_zone_changed: remark({ before: "text", zone: "text" }),
  audit_checklist_dismissed: remark(),
  audit_rules_changed: remark({ rules: "list" }),
  audit_rule: remark({ rule: BILLING_RULES }),
} as const;
