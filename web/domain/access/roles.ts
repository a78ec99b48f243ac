import { type Permission, PERMISSIONS } from "./permissions.ts";

/** Names of the built-in roles. */
export const ROLE_NAMES = ["Owner", "Billing", "Cashier", "Technician", "Read-only"] as const;

/** A role that every tenant starts with. */
export interface RoleTemplate {
  /** Unique within the tenant; what it may do in a line is `permissions.role_…` of the messages. */
  name: (typeof ROLE_NAMES)[number];
  /** What the role allows. */
  permissions: readonly Permission[];
}

/** Who signs in from where is for those who look after the accounts. */
const READ_ONLY = PERMISSIONS.filter((permission) =>
  permission.endsWith(":read") && permission !== "security_log:read" && permission !== "system_log:read"
);
/** What everybody who works with subscribers sees; staff, settings and the audit log are not among it. */
const DESK: readonly Permission[] = [
  "today:read",
  "subscriber:read",
  "bill:read",
  "payment:read",
  "plan:read",
  "cut_run:read",
  "approval:read",
];

/** The built-in roles. Roles stack: a staff member may do what any of their roles allows. */
export const ROLE_TEMPLATES: readonly RoleTemplate[] = [
  { name: "Owner", permissions: PERMISSIONS },
  {
    name: "Billing",
    permissions: [
      ...DESK,
      "subscriber:write",
      "bill:void",
      "bill:dispute",
      "bill_run:run",
      "payment:post",
      "payment:reverse",
      "charge:post",
      "memo:post",
      "opening_balance:write",
      "report:read",
      "plan:write",
      "hold:write",
      "cut_run:run",
      "subscription:suspend",
      "site:read",
      "router:read",
      "outage:write",
      "mail:read",
      "mail:send",
      "settings:read",
    ],
  },
  {
    name: "Cashier",
    permissions: [...DESK, "payment:post", "charge:post", "mail:read"],
  },
  {
    name: "Technician",
    permissions: [
      "today:read",
      "subscriber:read",
      "subscriber:write",
      "plan:read",
      "site:read",
      "site:write",
      "agent:enrol",
      "agent:revoke",
      "router:read",
      "router:write",
      "outage:write",
      "import:read",
      "import:run",
      "approval:read",
      "system_log:read",
    ],
  },
  {
    name: "Read-only",
    permissions: READ_ONLY,
  },
];
