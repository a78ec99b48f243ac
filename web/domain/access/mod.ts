/** Permissions, role templates and the one question that every door asks. */
export { isPermission, type Permission, PERMISSION_GROUPS, PERMISSIONS } from "./permissions.ts";
export { forwardedAddress } from "./forwarded_address.ts";
export { isAddress, isKnownHost, type KnownHosts } from "./known_hosts.ts";
export { isThisMachine, networkOf } from "./network_of.ts";
export { type Audience, AUDIENCES, type SignedInAudience } from "./audience.ts";
export {
  type Access,
  accessOf,
  type HeldRole,
  isWholeOwner,
  type Missing,
  missingToGive,
  sitesOfAnyPage,
} from "./access_of.ts";
export { ROLE_LIMIT_KINDS, ROLE_LIMITS, type RoleLimit } from "./role_limits.ts";
export { can } from "./can.ts";
export { CONFIRM_MINUTES, CONFIRM_TRIES_MAX, isConfirmed } from "./confirmation.ts";
export { type Device, readDevice } from "./device.ts";
export { ROLE_NAMES, ROLE_TEMPLATES, type RoleTemplate } from "./roles.ts";
export {
  isFromOutside,
  maskTypedAccount,
  periodOf,
  SECURITY_KINDS,
  SECURITY_REASONS,
  type SecurityEvent,
  type SecurityKind,
  type SecurityReason,
} from "./security_event.ts";
export { checkPassword, type PasswordOwner, type PasswordProblem } from "./check_password.ts";
