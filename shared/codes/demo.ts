import { refusal, remark } from "./kinds.ts";

/** What Linya says about the demo. */
export const demo = {
  already_playing: refusal(409),
  step_missing: refusal(422, "step"),
  audit_clock_moved: remark({ day: "date", time: "time" }),
} as const;
