import { createHash } from "node:crypto";
import type { ErasedEntry } from "../audit_chain.ts";

/** What is signed of an erasure. */
export interface ErasureFacts {
  tenantId: string;
  erasureId: string;
  subscriberId: string;
  account: string;
  erasedAt: Temporal.Instant;
  /** Entries of the audit log whose words were changed, and the digest over them. */
  entries: number;
  digest: Uint8Array;
}

/** The words that are signed: the first line keeps them apart from everything else that the installation signs. */
export function erasureStatement(facts: ErasureFacts): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode([
    "linya-erasure-v1",
    `company ${facts.tenantId}`,
    `erasure ${facts.erasureId}`,
    `subscriber ${facts.subscriberId}`,
    `account ${facts.account}`,
    `erased ${facts.erasedAt.toString({ fractionalSecondDigits: 3 })}`,
    `entries ${facts.entries}`,
    `digest ${facts.digest.toHex()}`,
    "",
  ].join("\n"));
}

/** SHA-256 over what the entries were and what they are, in their order. */
export function erasureDigest(entries: readonly ErasedEntry[]): Uint8Array {
  const hash = createHash("sha256");
  for (const { sequence, original_hash: was, content_hash: is } of entries) {
    hash.update(`${sequence} ${was.toHex()} ${is.toHex()}\n`);
  }
  return new Uint8Array(hash.digest());
}
