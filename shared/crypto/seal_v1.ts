import { randomBytes, toBase64Url } from "./bytes.ts";
import type { SealingKeyPair } from "./seal.ts";

/**
 * Envelopes of the first release: ephemeral X25519, HKDF-SHA-256, AES-256-GCM, put together by hand. They are opened for
 * as long as databases hold them, and made for agents that know no others.
 */
const INFO = new TextEncoder().encode("linya-seal-1");

/** `v1.<ephemeral key>.<iv>.<ciphertext>`, base64url parts. */
export async function sealV1(
  publicKey: Uint8Array<ArrayBuffer>,
  plain: string,
  context: string,
): Promise<string> {
  const ephemeral = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]) as CryptoKeyPair;
  const ephemeralPublic = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
  const recipient = await crypto.subtle.importKey("raw", publicKey, "X25519", false, []);
  const key = await deriveKey(ephemeral.privateKey, recipient, ephemeralPublic, publicKey, "encrypt");
  const iv = randomBytes(12);
  const additionalData = new TextEncoder().encode(context);
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData },
    key,
    new TextEncoder().encode(plain),
  );
  return ["v1", toBase64Url(ephemeralPublic), toBase64Url(iv), toBase64Url(new Uint8Array(ciphertext))].join(
    ".",
  );
}

/** Opens the parts after `v1`; throws for another key, context or text. */
export async function openV1(
  keys: SealingKeyPair,
  parts: readonly Uint8Array<ArrayBuffer>[],
  context: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const [ephemeralPublic, iv, ciphertext] = parts;
  if (!ephemeralPublic || !iv || !ciphertext || parts.length !== 3) {
    throw new TypeError("Cannot open: not three parts");
  }
  const own = await crypto.subtle.importKey("pkcs8", keys.privateKey, "X25519", false, ["deriveBits"]);
  const sender = await crypto.subtle.importKey("raw", ephemeralPublic, "X25519", false, []);
  const key = await deriveKey(own, sender, ephemeralPublic, keys.publicKey, "decrypt");
  const additionalData = new TextEncoder().encode(context);
  return new Uint8Array(
    await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, ciphertext),
  );
}

async function deriveKey(
  own: CryptoKey,
  other: CryptoKey,
  ephemeralPublic: Uint8Array,
  recipientPublic: Uint8Array,
  usage: "encrypt" | "decrypt",
): Promise<CryptoKey> {
  const bits = await crypto.subtle.deriveBits({ name: "X25519", public: other }, own, 256);
  const material = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
  const salt = new Uint8Array([...ephemeralPublic, ...recipientPublic]);
  return await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: INFO },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    [usage],
  );
}
