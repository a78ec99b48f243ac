import * as z from "zod";
import { sealVersion } from "./parts.ts";

/** Crockford base32 without I, L, O, U: what a person reads aloud or types. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Characters of the public part, which names the code, and of the secret part (80 bits). */
export const CODE_ID_LENGTH = 4;
export const CODE_SECRET_LENGTH = 16;

/** Turns random bytes into Crockford characters, 5 bits each (the upper 3 bits of a byte are dropped). */
export function toCrockford(bytes: Uint8Array): string {
  return [...bytes].map((byte) => ALPHABET[byte & 31]).join("");
}

/** A typed code without what does not matter: case, spaces and dashes; O reads as 0, I and L as 1. */
export function readCrockford(text: string): string {
  return text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
}

/** Code as shown: `ID4X-SECRETSECRETSECR`. */
export function formatEnrolmentCode(id: string, secret: string): string {
  return `${id}-${secret}`;
}

/** Reads a typed enrolment code; null when it cannot be one. */
export function parseEnrolmentCode(text: string): { id: string; secret: string } | null {
  const plain = readCrockford(text);
  if (plain.length !== CODE_ID_LENGTH + CODE_SECRET_LENGTH) return null;
  if ([...plain].some((character) => !ALPHABET.includes(character))) return null;
  return { id: plain.slice(0, CODE_ID_LENGTH), secret: plain.slice(CODE_ID_LENGTH) };
}

/** Body of `POST /agent/v1/enrol`. Keys and signatures are base64url. */
export const enrolRequest = z.object({
  code: z.string().max(64),
  identity_public_key: z.string().max(64),
  sealing_public_key: z.string().max(64),
  install_id: z.string().min(8).max(64),
  version: z.string().max(40),
  /** Absent: 1. */
  seal_version: sealVersion.optional(),
  /** Ed25519 over `enrolmentStatement`, by the identity key. */
  signature: z.string().max(128),
});
export type EnrolRequest = z.infer<typeof enrolRequest>;

/** Answer to a good enrolment. */
export const enrolResponse = z.object({
  agent_id: z.uuid(),
  tenant_name: z.string(),
  site_name: z.string(),
  /** Ed25519 key that signs revocations (R13); the agent pins it. */
  server_public_key: z.string(),
});
export type EnrolResponse = z.infer<typeof enrolResponse>;

/** Refusal of enrolment, challenge or link: a code for programs and a sentence for the person at the terminal. */
export const linkRefusal = z.object({ code: z.string(), message: z.string() });
export type LinkRefusal = z.infer<typeof linkRefusal>;

/** Bytes that the agent signs when it enrols: binds code, both keys and the installation together. */
export function enrolmentStatement(
  request: Omit<EnrolRequest, "signature" | "version" | "seal_version">,
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(
    [
      "linya-enrol-1",
      request.code,
      request.identity_public_key,
      request.sealing_public_key,
      request.install_id,
    ].join("\n"),
  );
}

/** Answer of `GET /agent/v1/challenge?agent=ID`. */
export const challengeResponseBody = z.object({ nonce: z.string().max(200) });

/** Bytes that the agent signs to open the link; no clock of the agent is involved. */
export function connectStatement(agentId: string, nonce: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(["linya-connect-1", agentId, nonce].join("\n"));
}

/** Bytes that the server signs when it revokes an agent. */
export function revocationStatement(agentId: string, atMs: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(["linya-revoke-1", agentId, String(atMs)].join("\n"));
}

/** Value of the `Authorization` header of the upgrade request. */
export function formatLinkAuthorization(agentId: string, nonce: string, signature: string): string {
  return `Linya-Agent ${agentId},${nonce},${signature}`;
}

/** Reads that header; null when it has another form. */
export function parseLinkAuthorization(
  header: string,
): { agentId: string; nonce: string; signature: string } | null {
  const match = /^Linya-Agent ([0-9a-f-]{36}),([A-Za-z0-9_.|=-]{1,200}),([A-Za-z0-9_-]{80,100})$/.exec(
    header,
  );
  const [, agentId, nonce, signature] = match ?? [];
  if (agentId === undefined || nonce === undefined || signature === undefined) return null;
  return { agentId, nonce, signature };
}
