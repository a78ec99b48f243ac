/**
 * Every permission, in the order of the roles page; the words are in `web/messages` (`permissions.…`). Adding one here is
 * enough for the Owner role to have it.
 */
export const PERMISSIONS = [
  "today:read",
  "subscriber:read",
  "subscriber:write",
  "subscription:suspend",
  "service_end:approve",
  "bill:read",
  "bill:void",
  "bill:dispute",
  "bill_run:run",
  "clock:confirm",
  "payment:read",
  "payment:post",
  "payment:reverse",
  "charge:post",
  "memo:post",
  "memo:write_off",
  "refund:post",
  "opening_balance:write",
  "report:read",
  "plan:read",
  "plan:write",
  "cut_run:read",
  "cut_run:run",
  "cut_run:approve",
  "hold:write",
  "site:read",
  "site:write",
  "agent:enrol",
  "agent:revoke",
  "router:read",
  "router:write",
  "outage:write",
  "import:read",
  "import:run",
  "mail:read",
  "mail:send",
  "settings:read",
  "settings:write",
  "staff:read",
  "staff:write",
  "approval:read",
  "approval:decide",
  "approval:policy",
  "audit:read",
  "privacy:export",
  "privacy:erase",
  "privacy:people",
  "security_log:read",
  "system_log:read",
  "demo:control",
] as const;

/** One thing that a staff member may do: `resource:action`. */
export type Permission = (typeof PERMISSIONS)[number];

/** The catalogue in groups, for the roles page. */
export const PERMISSION_GROUPS = [
  { group: "overview", permissions: ofResources("today") },
  { group: "subscribers", permissions: ofResources("subscriber", "subscription", "service_end") },
  {
    group: "money",
    permissions: ofResources(
      "bill",
      "bill_run",
      "clock",
      "payment",
      "charge",
      "memo",
      "refund",
      "opening_balance",
      "report",
      "plan",
    ),
  },
  { group: "cuts", permissions: ofResources("cut_run", "hold") },
  { group: "network", permissions: ofResources("site", "agent", "router", "outage", "import") },
  { group: "mail", permissions: ofResources("mail") },
  {
    group: "administration",
    permissions: ofResources(
      "settings",
      "staff",
      "approval",
      "audit",
      "privacy",
      "security_log",
      "system_log",
      "demo",
    ),
  },
] as const;

/** Whether a text, from a form or the database, is a permission of this version. */
export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text);
}

function ofResources(...resources: string[]): readonly Permission[] {
  return PERMISSIONS.filter((permission) => resources.includes(permission.split(":")[0] ?? ""));
}
