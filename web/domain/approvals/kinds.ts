/**
 * What may need an approval, in the order of the policy page. Each is one entry of the registry of
 * `web/services/approvals`, and one word (`approval_kind_…` of the codes).
 */
export const APPROVAL_KIND_IDS = [
  "service_end",
  "refund",
  "write_off",
  "credit_memo",
  "bill_void",
  "payment_reversal",
  "own_price",
  "plan_price",
  "suspension",
  "cut_now",
  "router_removal",
  "site_removal",
  "mail_keys",
  "full_export",
] as const;

/** Name of something that may need an approval, as it is stored. */
export type ApprovalKindId = (typeof APPROVAL_KIND_IDS)[number];

/** Whether a text, from a form or the database, is a kind of this version. */
export function isApprovalKind(text: string): text is ApprovalKindId {
  return (APPROVAL_KIND_IDS as readonly string[]).includes(text);
}
