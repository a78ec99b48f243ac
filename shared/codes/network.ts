import { refusal } from "./kinds.ts";

/** What Linya says about sites, agents and routers. */
export const network = {
  code_wrong: refusal(403),
  code_voided: refusal(403),
  code_used: refusal(403),
  code_expired: refusal(403),
  bad_key: refusal(403),
  bad_signature: refusal(403),
  host_invalid: refusal(422, "host", { host: "text" }),
  port_invalid: refusal(422, "port"),
  username_invalid: refusal(422, "username"),
  site_not_found: refusal(404),
  agent_missing: refusal(409, null, { site: "text" }),
  address_taken: refusal(409, "host", { name: "text" }),
  router_not_found: refusal(404, "router"),
  router_in_use: refusal(409, null, { name: "text", count: "count" }),
  router_archived: refusal(409, null, { name: "text" }),
  credentials_missing: refusal(409, null, { name: "text" }),
  password_missing: refusal(422, "password"),
  agent_not_found: refusal(404),
  site_has_agent: refusal(409, null, { site: "text" }),
  code_malformed: refusal(422, "code"),
} as const;
