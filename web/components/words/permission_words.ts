import type { Permission, PERMISSION_GROUPS, ROLE_NAMES } from "@/web/domain/access/mod.ts";
import type { MessageKey, Translate } from "@/web/messages/mod.ts";

/** What a permission allows: "Post a payment". */
export function permissionWords(t: Translate, permission: Permission): string {
  return t(`permissions.${permission.replace(":", "_")}` as MessageKey);
}

/** The heading of a group of permissions. */
export function permissionGroupWords(
  t: Translate,
  group: (typeof PERMISSION_GROUPS)[number]["group"],
): string {
  return t(`permissions.group_${group}`);
}

/** What a built-in role is for, in a line. */
export function roleWords(t: Translate, role: (typeof ROLE_NAMES)[number]): string {
  return t(`permissions.role_${role.toLowerCase().replace("-", "_")}` as MessageKey);
}
