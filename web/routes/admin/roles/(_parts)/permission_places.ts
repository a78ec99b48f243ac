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

/**
 * Every permission where the menu has what it opens, and with it every page and endpoint of staff that takes one. A
 * permission that opens none by itself stands below the entry that needs it to be seen, or below none.
 */
export function permissionPlaces(table: readonly RouteEntry[]): PlaceGroup[] {
  const places = PERMISSIONS.map((permission) => ({
    permission,
    opens: table.filter((entry) => entry.audience === "staff" && entry.permission === permission),
  }));
  const navOf = ({ permission, opens }: PermissionPlace): NavId | null => {
    const first = opens.find(({ method }) => method === "GET") ?? opens[0];
    const named = NAV_ITEMS.find((item) => item.permission === permission)?.id;
    return named ?? (first === undefined ? null : currentNav(first.pattern) ?? null);
  };
  return [...NAV_ITEMS.map(({ id }) => id), null].map((nav) => ({
    nav,
    places: places.filter((place) => navOf(place) === nav),
  })).filter((group) => group.places.length > 0);
}

/** Pages and endpoints that everybody may open who is signed in. */
export function openToAll(table: readonly RouteEntry[]): RouteEntry[] {
  return table.filter((entry) => entry.audience === "staff" && entry.permission === "signed_in");
}
