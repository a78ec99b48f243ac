import { sha256 } from "../crypto/mod.ts";
import type { DesiredSecret } from "./parts.ts";

/** What of a desired secret counts for the hash. Authorisations do not: they say who allowed a change, not what it is. */
export type HashedSecret = Pick<DesiredSecret, "name" | "profile" | "disabled">;

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
  const added = await Promise.all([...change.added].map(rowHash));
  const removed = await Promise.all([...change.removed].map(rowHash));
  let total = BigInt(`0x${hash}`);
  for (const row of added) total += row;
  for (const row of removed) total -= row;
  return (((total % MODULUS) + MODULUS) % MODULUS).toString(16).padStart(64, "0");
}

async function rowHash(secret: HashedSecret): Promise<bigint> {
  const digest = await sha256(JSON.stringify([secret.name, secret.profile, secret.disabled]));
  return BigInt(`0x${digest.toHex()}`);
}
