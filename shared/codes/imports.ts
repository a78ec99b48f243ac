import { refusal } from "./kinds.ts";

/** What Linya says about imports. */
export const imports = {
  import_running: refusal(409, null, { name: "text" }),
  import_not_found: refusal(404),
  import_not_in_review: refusal(409),
  review_incomplete: refusal(409, null, { first: "coded" }),
  nothing_to_import: refusal(409),
  import_not_done: refusal(409),
  import_in_use: refusal(409, null, { billed: "count", paid: "count", changed: "count" }),
} as const;
