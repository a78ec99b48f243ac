import { toBase64Url } from "@/shared/crypto/mod.ts";
import type { AuditHeadRow } from "@/web/store/access/audit_heads.ts";

/** Whose end, where, and of which day. */
type SignedHead = Pick<AuditHeadRow, "sequence" | "hash" | "signed_on"> & { tenantId: string };

/**
 * What is signed. The first line keeps it apart from everything else that the key of the installation signs; the
 * company's id keeps one company's end from standing for another's.
 */
export function headStatement(head: SignedHead): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(statementText(head));
}

function statementText({ tenantId, sequence, hash, signed_on: day }: SignedHead): string {
  return [
    "linya-audit-head-v1",
    `company ${tenantId}`,
    `entry ${sequence}`,
    `hash ${hash.toHex()}`,
    `day ${day}`,
    "",
  ].join("\n");
}

/** What stands before the 32 bytes of an Ed25519 key in the form that OpenSSL reads (RFC 8410). */
const SPKI_START = Uint8Array.fromHex("302a300506032b6570032100");

/** A signed end as a file that somebody keeps elsewhere, with how to check it without Linya. */
export function headFile(
  company: { id: string; name: string },
  head: AuditHeadRow,
): Record<string, unknown> {
  const der = new Uint8Array([...SPKI_START, ...head.public_key]);
  return {
    format: "linya-audit-head-v1",
    company: company.name,
    company_id: company.id,
    entry: head.sequence.toString(),
    hash: head.hash.toHex(),
    day: head.signed_on.toString(),
    signed_at: head.signed_at.toString(),
    statement: statementText({ ...head, tenantId: company.id }),
    signature: head.signature.toBase64(),
    public_key: toBase64Url(head.public_key),
    public_key_pem: `-----BEGIN PUBLIC KEY-----\n${der.toBase64()}\n-----END PUBLIC KEY-----\n`,
    how_to_check: [
      "Keep this file away from the server. It proves what the audit log held up to this entry on this day.",
      "With Linya: deno task doctor --audit-head FILE. It says whether the log still holds this entry.",
      "Without: jq -j .statement FILE > s; jq -r .signature FILE | base64 -d > g; jq -j .public_key_pem FILE > k.",
      "Then: openssl pkeyutl -verify -rawin -in s -sigfile g -pubin -inkey k",
    ],
  };
}
