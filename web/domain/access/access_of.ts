import type { Permission } from "./permissions.ts";
import { ROLE_LIMIT_KINDS, ROLE_LIMITS, type RoleLimit } from "./role_limits.ts";

/** A role as somebody holds it. */
export interface HeldRole {
  permissions: readonly string[];
  /** Where it counts; null: everywhere. None at all: nowhere. */
  siteIds: readonly string[] | null;
  /** What is not named has no limit. */
  limits: Readonly<Partial<Record<RoleLimit, bigint>>>;
}

/** What the roles of one person allow together. */
export interface Access {
  permissions: ReadonlySet<string>;
  /** Sites at which a permission counts: those of the roles that grant it. Null: everywhere. */
  sitesOf(permission: string): readonly string[] | null;
  /** The most that a limit leaves: of the roles that grant what it bounds the most generous. Null: no limit. */
  limitOf(limit: RoleLimit): bigint | null;
}

/**
 * What is done to the whole company at once. A role that is limited to sites does not grant it: whoever runs or approves
 * a run would decide about rows that they do not see.
 */
export const COMPANY_WIDE: readonly Permission[] = [
  "bill_run:run",
  "clock:confirm",
  "cut_run:run",
  "cut_run:approve",
  "plan:write",
  "privacy:erase",
  "privacy:people",
  "settings:write",
];

/**
 * Roles stack permission by permission: what a role does not grant it does not widen. A cashier of one site who is a
 * technician everywhere takes payments at that one site.
 */
export function accessOf(held: readonly HeldRole[]): Access {
  const roles = held.map((role) =>
    role.siteIds === null ? role : { ...role, permissions: atSites(role.permissions) }
  );
  const granting = (permission: string) => roles.filter((role) => role.permissions.includes(permission));
  return {
    permissions: new Set(roles.flatMap((role) => role.permissions)),
    sitesOf: (permission) => unionOfSites(granting(permission)),
    limitOf: (limit) => mostOf(granting(ROLE_LIMITS[limit]), limit),
  };
}

/** Where a page is that everybody who is signed in may open: where they see subscribers, else where they see anything. */
export function sitesOfAnyPage(access: Access): readonly string[] | null {
  if (access.permissions.has("subscriber:read")) return access.sitesOf("subscriber:read");
  const sites = [...access.permissions].map((permission) => access.sitesOf(permission));
  return sites.includes(null) ? null : [...new Set(sites.flatMap((some) => some ?? []))].sort();
}

/** What somebody would give that they do not have themselves; nothing is missing where the list is empty. */
export function missingToGive(giver: Access, given: readonly HeldRole[]): Missing[] {
  const wanted = accessOf(given);
  const permissions = [...wanted.permissions].sort();
  const limits = ROLE_LIMIT_KINDS.filter((limit) => wanted.permissions.has(ROLE_LIMITS[limit]));
  return [
    ...permissions.filter((permission) => !giver.permissions.has(permission))
      .map((permission): Missing => ({ kind: "permission", permission })),
    ...permissions.filter((permission) => giver.permissions.has(permission))
      .filter((permission) => !isWithin(wanted.sitesOf(permission), giver.sitesOf(permission)))
      .map((permission): Missing => ({ kind: "sites", permission })),
    ...limits.filter((limit) => giver.permissions.has(ROLE_LIMITS[limit]))
      .filter((limit) => isMore(wanted.limitOf(limit), giver.limitOf(limit)))
      .map((limit): Missing => ({ kind: "limit", limit })),
  ];
}

/** Something that a role has and its giver has not, or not so far. */
export type Missing =
  | { kind: "permission" | "sites"; permission: string }
  | { kind: "limit"; limit: RoleLimit };

/** Whether somebody may do everything that there is, everywhere and without a limit: one such person must remain. */
export function isWholeOwner(access: Access, permissions: readonly string[]): boolean {
  return permissions.every((permission) =>
    access.permissions.has(permission) && access.sitesOf(permission) === null
  ) &&
    ROLE_LIMIT_KINDS.every((limit) => access.limitOf(limit) === null);
}

function atSites(permissions: readonly string[]): string[] {
  const isWide = new Set<string>(COMPANY_WIDE);
  return permissions.filter((permission) => !isWide.has(permission));
}

function unionOfSites(roles: readonly HeldRole[]): readonly string[] | null {
  if (roles.some((role) => role.siteIds === null)) return null;
  return [...new Set(roles.flatMap((role) => role.siteIds ?? []))].sort();
}

function mostOf(roles: readonly HeldRole[], limit: RoleLimit): bigint | null {
  let most = 0n;
  for (const role of roles) {
    const own = role.limits[limit];
    if (own === undefined) return null;
    if (own > most) most = own;
  }
  return most;
}

function isWithin(inner: readonly string[] | null, outer: readonly string[] | null): boolean {
  return outer === null || inner !== null && inner.every((site) => outer.includes(site));
}

function isMore(wanted: bigint | null, own: bigint | null): boolean {
  return own !== null && (wanted === null || wanted > own);
}
