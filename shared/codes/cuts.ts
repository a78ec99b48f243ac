import { MANUAL_REASONS, refusal } from "./kinds.ts";

/** What Linya says about holds and cuts. */
export const cuts = {
  run_superseded: refusal(409, null, { day: "date" }),
  awaiting_approval: refusal(409, null, { day: "date" }),
  not_awaiting_approval: refusal(409, null, { day: "date" }),
  date_in_past: refusal(422, "until", { from: "date" }),
  already_excluded: refusal(409, null, { day: "date" }),
  not_excluded: refusal(409, null, { day: "date" }),
  already_held: refusal(409, "until", { day: "date" }),
  already_disconnected: refusal(409),
  days_not_understood: refusal(422, "days", { max: "count" }),
  not_held: refusal(409),
  hold_in_past: refusal(422, "until", { from: "date" }),
  hold_too_long: refusal(422, "until", { last: "date", max: "count" }),
  reason_required: refusal(422, "reason"),
  reason_too_long: refusal(422, "reason", { max: "count" }),
  already_suspended: refusal(409, null, { reason: MANUAL_REASONS }),
  not_suspended: refusal(409, null, { reason: MANUAL_REASONS }),
} as const;
