import type { Permission } from "./permissions.ts";

/** Whether permissions, the union over all roles of a staff member, allow something. Nothing implies anything else. */
export function can(permissions: Iterable<string>, needed: Permission): boolean {
  if (permissions instanceof Set) return permissions.has(needed);
  for (const permission of permissions) if (permission === needed) return true;
  return false;
}
