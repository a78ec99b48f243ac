import { refusal } from "./kinds.ts";

/** What Linya says about bills and plans. */
export const billing = {
  amount_missing: refusal(422, "amount"),
  amount_negative: refusal(422, "amount"),
  amount_too_precise: refusal(422, "amount"),
  amount_over_limit: refusal(422, "amount", { max: "peso" }),
  amount_not_understood: refusal(422, "amount"),
  date_missing: refusal(422, "date"),
  date_not_understood: refusal(422, "date"),
  month_does_not_exist: refusal(422, "date", { month: "count" }),
  date_does_not_exist: refusal(422, "date", { day: "count", month: "month", year: "text", days: "count" }),
  date_in_future: refusal(422, null, { day: "date" }),
  run_not_found: refusal(404),
  bill_not_found: refusal(404),
  already_void: refusal(409, null, { number: "text" }),
  bill_is_draft: refusal(409),
  plan_not_found: refusal(422, "plan"),
  already_archived: refusal(409, null, { name: "text" }),
  plan_in_use: refusal(409, null, { name: "text", count: "count" }),
  price_out_of_range: refusal(422, "price", { max: "peso" }),
  same_plan: refusal(422, "plan", { name: "text" }),
  no_plan_change: refusal(409),
  plan_change_under_way: refusal(409),
} as const;
