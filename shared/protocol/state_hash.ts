import { sha256 } from "../crypto/mod.ts";
import type { DesiredSecret } from "./parts.ts";
import { DEFAULT_PPP_SERVICE } from "./ppp_account.ts";

/** What of a desired secret counts for the hash. Authorisations do not: they say who allowed a change, not what it is. */
export type HashedSecret = Pick<DesiredSecret, "name" | "service" | "profile" | "disabled">;

/** Hash of a router that manages nothing. */
export const EMPTY_STATE_HASH = "0".repeat(64);

const MODULUS = 1n << 256n;

/**
 * Hash of a router's desired state: the sum of the SHA-256 of every row, modulo 2^256, as hex. A sum, so that a payment
 * changes it by two rows instead of reading the router's thousands again. It guards against loss and damage, not malice:
 * the link is authenticated.
 */
export async function stateHash(secrets: Iterable<HashedSecret>): Promise<string> {
  return await changeStateHash(EMPTY_STATE_HASH, { removed: [], added: secrets });
}

/** The hash after some rows went and others came. A changed row counts as both. */
export async function changeStateHash(
  hash: string,
  change: { removed: Iterable<HashedSecret>; added: Iterable<HashedSecret> },
): Promise<string> {
  const digests = (rows: Iterable<HashedSecret>) =>
    Promise.all([...rows].map(async (row) => (await sha256(hashedText(row))).toHex()));
  return sumStateHash(hash, { removed: await digests(change.removed), added: await digests(change.added) });
}

/** The same from the SHA-256 of each row's {@linkcode hashedText} as hex. */
export function sumStateHash(
  hash: string,
  change: { removed: readonly string[]; added: readonly string[] },
): string {
  let total = BigInt(`0x${hash}`);
  for (const row of change.added) total += BigInt(`0x${row}`);
  for (const row of change.removed) total -= BigInt(`0x${row}`);
  return (((total % MODULUS) + MODULUS) % MODULUS).toString(16).padStart(64, "0");
}

/** What of a row is hashed. A PPPoE row reads as it did before services were told apart, so that stored hashes hold. */
export function hashedText({ name, service, profile, disabled }: HashedSecret): string {
  const isDefault = service === undefined || service === DEFAULT_PPP_SERVICE;
  return JSON.stringify([name, profile, disabled, ...(isDefault ? [] : [service])]);
}
