import { fromBase64Url, toBase64Url } from "./bytes.ts";
import { hpkeOpen, hpkeSeal } from "./hpke.ts";
import { openV1, sealV1 } from "./seal_v1.ts";

/** An X25519 key pair as it is kept in a file: PKCS8 private key, raw 32-byte public key. */
export interface SealingKeyPair {
  privateKey: Uint8Array<ArrayBuffer>;
  publicKey: Uint8Array<ArrayBuffer>;
}

/** The newest envelope that this build makes and opens. An agent says in its hello how far it goes. */
export const SEAL_VERSION = 2;

/** To whom something is sealed. */
export interface SealRecipient {
  publicKey: Uint8Array<ArrayBuffer>;
  /** The newest envelope that it opens. */
  version: number;
}

/**
 * What a sealed text belongs to (R11). It is authenticated, so that whoever holds the database can move a sealed text
 * neither to another row nor to another use.
 */
export interface SealContext {
  /** What it is for, with a version: `linya-router-2`. */
  purpose: string;
  /** Ids and names of what it belongs to. */
  subject: readonly string[];
  /** The same as envelopes of the first release had it. */
  v1: string;
}

const INFO = new TextEncoder().encode("linya-seal-2");

/** Makes an X25519 key pair. */
export async function generateSealingKey(): Promise<SealingKeyPair> {
  const pair = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]) as CryptoKeyPair;
  return {
    privateKey: new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)),
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
  };
}

/** Seals text by RFC 9180. Result: `v2.<encapsulated key>.<ciphertext>`, base64url parts. */
export async function seal(recipient: SealRecipient, plain: string, context: SealContext): Promise<string> {
  if (recipient.version < 2) return await sealV1(recipient.publicKey, plain, context.v1);
  const bytes = new TextEncoder().encode(plain);
  const { encapsulated, ciphertext } = await hpkeSeal(recipient.publicKey, bytes, bindingOf(context));
  return ["v2", toBase64Url(encapsulated), toBase64Url(ciphertext)].join(".");
}

/** Opens a sealed text of any version; null when it was sealed to another key or context, or was changed. */
export async function openSealed(
  keys: SealingKeyPair,
  sealed: string,
  context: SealContext,
): Promise<string | null> {
  const [version, ...texts] = sealed.split(".");
  const parts = texts.map(fromBase64Url).filter((part) => part !== null);
  if (parts.length !== texts.length) return null;
  try {
    const plain = await openParts(version, { keys, parts, context });
    return plain === null ? null : new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch (error) {
    // Wrong key, wrong context and damage look alike on purpose, however the library says it.
    if (error instanceof Error) return null;
    throw error;
  }
}

async function openParts(
  version: string | undefined,
  sealed: { keys: SealingKeyPair; parts: Uint8Array<ArrayBuffer>[]; context: SealContext },
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { keys, parts, context } = sealed;
  if (version === "v1") return await openV1(keys, parts, context.v1);
  const [encapsulated, ciphertext] = parts;
  if (version !== "v2" || parts.length !== 2 || !encapsulated || !ciphertext) return null;
  return await hpkeOpen(keys, { encapsulated, ciphertext }, bindingOf(context));
}

/** JSON, so that no two subjects read alike when they are joined. */
function bindingOf({ purpose, subject }: SealContext) {
  return { info: INFO, associatedData: new TextEncoder().encode(JSON.stringify([purpose, ...subject])) };
}
