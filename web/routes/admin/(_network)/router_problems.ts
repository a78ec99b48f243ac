/** The field that a refusal of a router's settings is shown at. */
export const ROUTER_PROBLEM_FIELDS = {
  name_invalid: "name",
  name_taken: "name",
  host_invalid: "host",
  address_taken: "host",
  port_invalid: "port",
  username_invalid: "username",
  password_missing: "password",
} as const;
