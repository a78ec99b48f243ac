const FIELDS: Record<string, string> = {
  name_invalid: "name",
  name_taken: "name",
  host_invalid: "host",
  address_taken: "host",
  port_invalid: "port",
  username_invalid: "username",
  password_missing: "password",
};

/** The field that a refusal of a router's settings is shown at; the form as a whole when it is about none. */
export function fieldOfRouterProblem(code: string): string {
  return FIELDS[code] ?? "";
}
