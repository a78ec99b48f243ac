import { fromBase64Url, randomBytes, toBase64Url } from "./bytes.ts";

/**
 * Sealing of router passwords to an agent (R11): ephemeral X25519, HKDF-SHA-256, AES-256-GCM. Whoever holds the database
 * cannot open them; the context (router id) is authenticated, so that a sealed value cannot be moved to another router.
 */
export interface SealingKeyPair {
  privateKey: Uint8Array<ArrayBuffer>;
  publicKey: Uint8Array<ArrayBuffer>;
}

const INFO = new TextEncoder().encode("linya-seal-1");

/** Makes an X25519 key pair: PKCS8 private key, raw 32-byte public key. */
export async function generateSealingKey(): Promise<SealingKeyPair> {
  const pair = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]) as CryptoKeyPair;
  return {
    privateKey: new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)),
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
  };
}

/** Seals text to a public key. Result: `v1.<ephemeral key>.<iv>.<ciphertext>`, base64url parts. */
export async function seal(
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

/** Opens a sealed text; null when it was sealed to another key or context, or was changed. */
export async function openSealed(
  keys: SealingKeyPair,
  sealed: string,
  context: string,
): Promise<string | null> {
  const [version, ...parts] = sealed.split(".");
  const [ephemeralPublic, iv, ciphertext] = parts.map(fromBase64Url);
  if (version !== "v1" || parts.length !== 3 || !ephemeralPublic || !iv || !ciphertext) return null;
  try {
    const own = await crypto.subtle.importKey("pkcs8", keys.privateKey, "X25519", false, ["deriveBits"]);
    const sender = await crypto.subtle.importKey("raw", ephemeralPublic, "X25519", false, []);
    const key = await deriveKey(own, sender, ephemeralPublic, keys.publicKey, "decrypt");
    const additionalData = new TextEncoder().encode(context);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, ciphertext);
    return new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch (error) {
    // Wrong key, wrong context and damage look alike on purpose.
    if (error instanceof DOMException || error instanceof TypeError) return null;
    throw error;
  }
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
