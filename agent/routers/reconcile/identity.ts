import { clipText, MAX_NAME_LENGTH, type RouterIdentityMessage } from "@/shared/protocol/mod.ts";
import type { BoundIdentity } from "../../journal/marks_store.ts";

/** What a router is recognised by. */
export type RouterMark = Pick<BoundIdentity, "serial_number" | "software_id">;

/**
 * Whether the router that answers is the one this place belongs to (R12). The serial number decides where both have
 * one; a CHR has only a software id. A router that tells neither cannot prove that it is the bound one.
 */
export function isSameRouter(bound: RouterMark | null, found: RouterIdentityMessage): boolean {
  if (bound === null || !canBind(bound)) return true;
  if (bound.serial_number !== null && found.serial_number !== null) {
    return bound.serial_number === found.serial_number;
  }
  return bound.software_id !== null && bound.software_id === found.software_id;
}

/** Whether there is anything to recognise the router by. */
function canBind(identity: RouterMark): boolean {
  return identity.serial_number !== null || identity.software_id !== null;
}

/** What a person is told when another router answers. */
export function wrongRouterMessage(bound: RouterMark, found: RouterIdentityMessage): string {
  const expected = bound.serial_number === null
    ? `software id ${bound.software_id}`
    : `serial number ${bound.serial_number}`;
  const answered = found.serial_number ?? found.software_id ?? "none";
  return `Another router answers at this address: expected ${expected}, found ${answered} (${found.identity}). ` +
    "Nothing was written to it. Correct the address, or add the new router.";
}

/** What the router that answers is to this place. */
export type Verdict =
  /** `learn`: what is to be remembered of it from now on. */
  | { kind: "same"; learn: BoundIdentity | null }
  | { kind: "other"; message: string }
  /** The id of the bound router and another name: a clone of a virtual router has the id of its original. */
  | { kind: "in_doubt"; known: string; found: string };

/**
 * Compares who answers with what the web told and what was learnt at first contact. A serial number proves the router,
 * whatever it is called; an id alone is copied with the machine, so that a person must say why its name is another one.
 */
export function judgeIdentity(
  told: RouterMark,
  bound: BoundIdentity | null,
  found: RouterIdentityMessage,
): Verdict {
  const known = canBind(told) ? told : bound;
  if (known !== null && !isSameRouter(known, found)) {
    return { kind: "other", message: wrongRouterMessage(known, found) };
  }
  const before = bound !== null && canBind(bound) && isSameRouter(bound, found) ? bound : null;
  const learn = whatIsNew(before, found);
  const isProved = typeof known?.serial_number === "string" && known.serial_number === found.serial_number;
  const isNamed = before === null || before.identity === null || before.identity === nameOf(found);
  if (isProved || isNamed) return { kind: "same", learn };
  return { kind: "in_doubt", known: before.identity ?? "", found: nameOf(found) };
}

/** What is to be remembered; a number that was known stays known when it is not told this time. */
function whatIsNew(before: BoundIdentity | null, found: RouterIdentityMessage): BoundIdentity | null {
  if (!canBind(found)) return null;
  const now = {
    serial_number: found.serial_number ?? before?.serial_number ?? null,
    software_id: found.software_id ?? before?.software_id ?? null,
    identity: nameOf(found),
  };
  const isKnown = before !== null && before.serial_number === now.serial_number &&
    before.software_id === now.software_id && before.identity === now.identity;
  return isKnown ? null : now;
}

/** As it is told and kept. */
function nameOf({ identity }: RouterIdentityMessage): string {
  return clipText(identity, MAX_NAME_LENGTH);
}

/** What a person is told of a router that may be a clone. */
export function inDoubtMessage({ known, found }: { known: string; found: string }): string {
  return `The router has the id of "${known}" and calls itself "${found}" now: it was renamed, or it is a copy. ` +
    "Nothing is written to it until somebody says that it is the same router.";
}
