import type { RouteEntry } from "@/web/app/route_table.ts";
import { currentNav, NAV_ITEMS, type NavId } from "@/web/components/frame/nav.ts";
import { type Permission, PERMISSIONS } from "@/web/domain/access/mod.ts";

/** A permission with the pages and endpoints that it opens. */
export interface PermissionPlace {
  permission: Permission;
  opens: readonly RouteEntry[];
}

/** Permissions below an entry of the menu; null: below none. */
export interface PlaceGroup {
  nav: NavId | null;
  places: readonly PermissionPlace[];
}

/** Where pages belong that no entry of the menu is lit for, by the first word of their address. */
const ELSEWHERE: Readonly<Record<string, NavId>> = {
  agents: "sites",
  bulk: "subscribers",
  clock: "settings",
  routers: "sites",
  runs: "tonight",
  setup: "settings",
};

/** What opens no page by itself. */
const WITHOUT_PAGE: Partial<Record<Permission, NavId>> = {
  "audit:read": "settings",
  // What is decided on the page of a request depends on what it is about.
  "service_end:approve": "approvals",
  "approval:decide": "approvals",
  "approval:policy": "approvals",
};

/**
 * Every permission below the entry of the menu that most of what it opens belongs to, and with it every page and endpoint
 * of staff that takes one.
 */
export function permissionPlaces(table: readonly RouteEntry[]): PlaceGroup[] {
  const places = PERMISSIONS.map((permission) => ({
    permission,
    opens: table.filter((entry) => entry.audience === "staff" && entry.permission === permission),
  })).map((place) => ({ place, nav: navOf(place) }));
  return [...NAV_ITEMS.map(({ id }) => id), null].map((nav) => ({
    nav,
    places: places.filter((each) => each.nav === nav).map(({ place }) => place),
  })).filter((group) => group.places.length > 0);
}

function navOf({ permission, opens }: PermissionPlace): NavId | null {
  const named = NAV_ITEMS.find((item) => item.permission === permission)?.id ?? WITHOUT_PAGE[permission];
  if (named !== undefined) return named;
  const navs = opens.flatMap(({ pattern }) =>
    currentNav(pattern) ?? ELSEWHERE[pattern.split("/")[2] ?? ""] ?? []
  );
  const times = (nav: NavId) => navs.filter((each) => each === nav).length;
  return navs.toSorted((a, b) => times(b) - times(a))[0] ?? null;
}

/** Pages and endpoints that everybody may open who is signed in. */
export function openToAll(table: readonly RouteEntry[]): RouteEntry[] {
  return table.filter((entry) => entry.audience === "staff" && entry.permission === "signed_in");
}
