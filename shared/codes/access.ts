import { refusal } from "./kinds.ts";

/** What Linya says about who may do what, and requests. */
export const access = {
  password_too_short: refusal(422, "password", { min: "count" }),
  password_too_long: refusal(422, "password", { max: "count" }),
  password_common: refusal(422, "password"),
  password_personal: refusal(422, "password"),
  setup_code_wrong: refusal(403, "code"),
  already_set_up: refusal(409),
  wrong_login: refusal(401),
  too_many_tries: refusal(429, null, { minutes: "count", seconds: "count" }),
  page_not_found: refusal(404),
  method_not_allowed: refusal(405),
  sign_in_first: refusal(401),
  form_expired: refusal(403),
  body_not_taken: refusal(415),
  json_invalid: refusal(400),
  form_unreadable: refusal(400),
  file_not_expected: refusal(400),
  character_not_stored: refusal(400),
  request_too_large: refusal(413, null, { kilobytes: "count" }),
  other_site: refusal(403),
  input_invalid: refusal(422),
  server_failed: refusal(500),
  database_away: refusal(503),
} as const;
