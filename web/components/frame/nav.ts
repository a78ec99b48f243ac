import type { Permission } from "@/web/domain/access/mod.ts";
import type { IconName } from "@/web/components/facts/icon_paths.ts";

export type NavId =
  | "today"
  | "tonight"
  | "subscribers"
  | "bills"
  | "mail"
  | "payments"
  | "approvals"
  | "reports"
  | "sites"
  | "plans"
  | "import"
  | "staff"
  | "audit"
  | "logs"
  | "settings";

/** One entry of the admin menu. Only pages that exist are listed. */
export interface NavItem {
  /** Its name is the message `shell.nav_<id>`. */
  id: NavId;
  href: string;
  icon: IconName;
  /** Permission needed to see the entry; the page itself checks again. */
  permission: Permission;
  /** Heading it stands under; none for the daily work on top. */
  group?: "network" | "manage";
  /** Among the four of the bottom bar on a phone. */
  onPhoneBar?: true;
}

/** A number beside a menu entry; warn and bad ask for attention. */
export interface NavCount {
  count: number;
  tone?: "warn" | "bad" | undefined;
}

/** The whole menu, in its order. */
export const NAV_ITEMS: readonly NavItem[] = [
  { id: "today", href: "/admin", icon: "today", permission: "today:read", onPhoneBar: true },
  {
    id: "tonight",
    href: "/admin/tonight",
    icon: "tonight",
    permission: "cut_run:read",
    onPhoneBar: true,
  },
  {
    id: "subscribers",
    href: "/admin/subscribers",
    icon: "people",
    permission: "subscriber:read",
    onPhoneBar: true,
  },
  { id: "bills", href: "/admin/bills", icon: "bill", permission: "bill:read" },
  { id: "mail", href: "/admin/mail", icon: "mail", permission: "mail:read" },
  {
    id: "payments",
    href: "/admin/payments",
    icon: "cash",
    permission: "payment:read",
    onPhoneBar: true,
  },
  { id: "approvals", href: "/admin/approvals", icon: "check", permission: "approval:read" },
  { id: "reports", href: "/admin/reports", icon: "chart", permission: "report:read" },
  {
    id: "sites",
    href: "/admin/sites",
    icon: "site",
    permission: "site:read",
    group: "network",
  },
  {
    id: "plans",
    href: "/admin/plans",
    icon: "plan",
    permission: "plan:read",
    group: "manage",
  },
  {
    id: "import",
    href: "/admin/import",
    icon: "import",
    permission: "import:read",
    group: "manage",
  },
  { id: "staff", href: "/admin/staff", icon: "user", permission: "staff:read", group: "manage" },
  { id: "audit", href: "/admin/audit", icon: "check", permission: "audit:read", group: "manage" },
  { id: "logs", href: "/admin/logs", icon: "list", permission: "system_log:read", group: "manage" },
  {
    id: "settings",
    href: "/admin/settings",
    icon: "settings",
    permission: "settings:read",
    group: "manage",
  },
];

/** The entries a person may see. */
export function visibleNav(permissions: ReadonlySet<string>): NavItem[] {
  return NAV_ITEMS.filter((item) => permissions.has(item.permission));
}

/** Pages that are reached from an entry and have an address of their own. */
const BESIDE: Partial<Record<NavId, readonly string[]>> = {
  mail: ["/admin/reminders"],
  bills: ["/admin/disputes", "/admin/decisions"],
  payments: ["/admin/memos", "/admin/refunds"],
  sites: ["/admin/outages"],
  staff: ["/admin/roles"],
};

/** The entry that an address belongs to: its own page or one below it, or one that it leads to. */
export function currentNav(pathname: string): NavId | undefined {
  const isAt = (href: string) => pathname === href || pathname.startsWith(`${href}/`);
  const matches = NAV_ITEMS.filter(({ id, href }) =>
    id === "today" ? pathname === href : [href, ...BESIDE[id] ?? []].some(isAt)
  );
  return matches.at(-1)?.id;
}
