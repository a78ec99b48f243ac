import { refusal, remark } from "./kinds.ts";

/** What Linya says about a connection that goes to another subscriber. */
export const payers = {
  payer_same: refusal(409),
  payer_moved: refusal(409, null, { name: "text" }),
  payer_day_moved: refusal(409),
  payer_form_used: refusal(409),
  payer_change_waits: refusal(409, null, { on: "date" }),
  payer_not_active: refusal(409),
  payer_ahead: refusal(409),
  no_payer_change: refusal(409),
  payer_billed_since: refusal(409, null, { name: "text" }),
  payer_settled: refusal(409, null, { number: "text" }),
  payer_not_changed: remark({ details: "aside" }),
  memo_payer_changed: remark({ plan: "text", period: "period" }),
  audit_payer_left: remark({ ppp: "text", on: "date", name: "text" }),
  audit_payer_leaves: remark({ ppp: "text", on: "date", name: "text" }),
  audit_payer_came: remark({ ppp: "text", on: "date", name: "text" }),
  audit_payer_comes: remark({ ppp: "text", on: "date", name: "text" }),
  audit_payer_cancelled: remark({ ppp: "text", name: "text" }),
  audit_payer_back: remark({ ppp: "text", name: "text" }),
  audit_payer_gone_back: remark({ ppp: "text", name: "text" }),
} as const;
