import { refusal } from "./kinds.ts";

/** What Linya says about news on open pages. */
export const live = {
  stopping: refusal(503),
  too_many: refusal(503),
} as const;
