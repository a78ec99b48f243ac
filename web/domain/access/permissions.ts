/**
 * Every permission with the words that the roles page shows. The order is the order of that page. Adding one here is
 * enough for the Owner role to have it.
 */
export const PERMISSION_WORDS = {
  "today:read": "See Today",
  "subscriber:read": "See subscribers",
  "subscriber:write": "Add and change subscribers",
  "subscription:suspend": "Suspend and resume a connection by hand",
  "bill:read": "See bills",
  "bill:void": "Void a bill",
  "bill_run:run": "Run the bill run by hand",
  "clock:confirm": "Say that the server's clock is right, and take back what a wrong one has made",
  "payment:read": "See payments",
  "payment:post": "Post a payment",
  "payment:reverse": "Reverse a payment",
  "plan:read": "See plans",
  "plan:write": "Add and change plans",
  "cut_run:read": "See Tonight and earlier cut runs",
  "cut_run:run": "Start the cut run by hand",
  "cut_run:approve": "Approve a cut run that the brake has stopped",
  "hold:write": "Hold, extend or exclude a connection from the cut",
  "site:read": "See sites and agents",
  "site:write": "Add and change sites",
  "agent:enrol": "Make a code that connects a site",
  "agent:revoke": "Revoke the agent of a site",
  "router:read": "See routers",
  "router:write": "Add and change routers",
  "import:read": "See imports",
  "import:run": "Import from a router, and undo an import",
  "settings:read": "See settings",
  "settings:write": "Change settings",
  "staff:read": "See staff and roles",
  "staff:write": "Add and change staff and roles",
  "audit:read": "See the audit log",
  "security_log:read": "See the security log",
  "demo:control": "Use the demo bar",
} as const;

/** One thing that a staff member may do: `resource:action`. */
export type Permission = keyof typeof PERMISSION_WORDS;

/** All permissions in the order of the catalogue. */
export const PERMISSIONS = Object.keys(PERMISSION_WORDS) as readonly Permission[];

/** The catalogue in groups, for the roles page. */
export const PERMISSION_GROUPS: readonly { title: string; permissions: readonly Permission[] }[] = [
  { title: "Overview", permissions: ofResources("today") },
  { title: "Subscribers", permissions: ofResources("subscriber", "subscription") },
  { title: "Bills and payments", permissions: ofResources("bill", "bill_run", "clock", "payment", "plan") },
  { title: "Cuts", permissions: ofResources("cut_run", "hold") },
  { title: "Network", permissions: ofResources("site", "agent", "router", "import") },
  { title: "Administration", permissions: ofResources("settings", "staff", "audit", "security_log", "demo") },
];

/** Whether a text, from a form or the database, is a permission of this version. */
export function isPermission(text: string): text is Permission {
  return Object.hasOwn(PERMISSION_WORDS, text);
}

function ofResources(...resources: string[]): readonly Permission[] {
  return PERMISSIONS.filter((permission) => resources.includes(permission.split(":")[0] ?? ""));
}
