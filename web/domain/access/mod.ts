/** Permissions, role templates and the one question that every door asks. */
export {
  isPermission,
  type Permission,
  PERMISSION_GROUPS,
  PERMISSION_WORDS,
  PERMISSIONS,
} from "./permissions.ts";
export { forwardedAddress } from "./forwarded_address.ts";
export { networkOf } from "./network_of.ts";
export { can } from "./can.ts";
export { ROLE_TEMPLATES, type RoleTemplate } from "./roles.ts";
export { checkPassword, PASSWORD_MIN_LENGTH } from "./check_password.ts";
