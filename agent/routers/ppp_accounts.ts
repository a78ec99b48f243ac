import { accountKey, accountOfKey, DEFAULT_PPP_SERVICE, isPppService } from "@/shared/protocol/mod.ts";

/** What tells whose a row of a router is. */
export interface AccountRow {
  name: string;
  service: string;
}

/**
 * The key of the account that a secret belongs to; null for a service that nobody manages. Each secret belongs to one
 * account at most, so that nothing done to one account reaches another. A secret for any service belongs to the PPPoE
 * account of its name, because it lets PPPoE in; the accounts of other services have their own secret or none.
 */
export function accountOfSecret({ name, service }: AccountRow): string | null {
  return keyOf(service === "any" ? DEFAULT_PPP_SERVICE : service, name);
}

/** The key of the account whose session it is; null for a service that nobody manages. Sessions name the service they came by. */
export function accountOfSession({ name, service }: AccountRow): string | null {
  return keyOf(service, name);
}

/** Of the secrets of one account, those that count for its state and its profile. */
export function countingSecrets<T extends AccountRow>(secrets: readonly T[]): readonly T[] {
  const exact = secrets.filter(({ service }) => service !== "any");
  return exact.length > 0 ? exact : secrets;
}

/** The names under which the rows of these accounts stand. */
export function namesOfAccounts(keys: readonly string[]): string[] {
  return [...new Set(keys.map((key) => accountOfKey(key).name))];
}

function keyOf(service: string, name: string): string | null {
  return isPppService(service) ? accountKey({ service, name }) : null;
}
