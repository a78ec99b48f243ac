import type { RouterIdentityMessage } from "@/shared/protocol/mod.ts";
import type { BoundIdentity } from "../../journal/marks_store.ts";

/**
 * Whether the router that answers is the one this place belongs to (R12). The serial number decides where both have
 * one; a CHR has only a software id. A router that tells neither cannot prove that it is the bound one.
 */
export function isSameRouter(bound: BoundIdentity | null, found: RouterIdentityMessage): boolean {
  if (bound === null || !canBind(bound)) return true;
  if (bound.serial_number !== null && found.serial_number !== null) {
    return bound.serial_number === found.serial_number;
  }
  return bound.software_id !== null && bound.software_id === found.software_id;
}

/** Whether there is anything to recognise the router by. */
export function canBind(identity: BoundIdentity): boolean {
  return identity.serial_number !== null || identity.software_id !== null;
}

/** What a person is told when another router answers. */
export function wrongRouterMessage(bound: BoundIdentity, found: RouterIdentityMessage): string {
  const expected = bound.serial_number === null
    ? `software id ${bound.software_id}`
    : `serial number ${bound.serial_number}`;
  const answered = found.serial_number ?? found.software_id ?? "none";
  return `Another router answers at this address: expected ${expected}, found ${answered} (${found.identity}). ` +
    "Nothing was written to it. Correct the address, or add the new router.";
}
