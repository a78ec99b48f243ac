import { refusal, remark } from "./kinds.ts";

/** What Linya says about payments. */
export const payments = {
  paid_meanwhile: refusal(409, "confirmPaidMeanwhile", {
    number: "text",
    by: "text",
    amount: "peso",
    when: ["just_now", "earlier"],
    minutes: "count",
    day: "date",
    time: "time",
  }),
  duplicate_reference: refusal(409, "confirmDuplicateReference", {
    reference: "text",
    number: "text",
    subscriber: "text",
    account: "text",
    day: "date",
    by: "text",
  }),
  payment_amount_not_positive: refusal(422, "amount"),
  payment_amount_too_large: refusal(422, "amount", { max: "peso" }),
  received_on_in_future: refusal(422, "receivedOn", { today: "date" }),
  idempotency_key_missing: refusal(422),
  amount_too_large: refusal(422, "confirmLargeAmount", { amount: "peso" }),
  tendered_too_small: refusal(422, "tendered"),
  reference_required: refusal(422, "reference"),
  received_on_too_old: refusal(422, "receivedOn", { from: "date" }),
  received_on_old: refusal(422, "confirmOldDate", { day: "date" }),
  idempotency_mismatch: refusal(409, null, { number: "text" }),
  payment_not_found: refusal(404),
  already_reversed: refusal(409, null, { number: "text" }),
  reason_posted_by_mistake: remark(),
  ledger_payment: remark({ number: "text" }),
  ledger_payment_reversed: remark({ number: "text", reason: "reason" }),
  audit_payment_reversed: remark({ number: "text", amount: "peso", reason: "reason" }),
  audit_payment_recorded: remark({
    number: "text",
    amount: "peso",
    method: ["cash", "gcash", "maya", "bank", "check", "other"],
  }),
} as const;
