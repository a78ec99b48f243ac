import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { SealingKeyPair } from "./seal.ts";

/** The suite of RFC 9180, A.1: X25519, HKDF-SHA-256, AES-128-GCM. The document's own vectors test it. */
const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});

/** What both ends put in besides the text. */
export interface HpkeBinding {
  /** What this use of keys is for. */
  info: Uint8Array<ArrayBuffer>;
  /** What one sealed text belongs to. */
  associatedData: Uint8Array<ArrayBuffer>;
}

/** A sealed text with the key that opens it to its recipient only. */
export interface HpkeSealed {
  encapsulated: Uint8Array<ArrayBuffer>;
  ciphertext: Uint8Array<ArrayBuffer>;
}

/** Seals once to an X25519 public key (base mode). */
export async function hpkeSeal(
  publicKey: Uint8Array<ArrayBuffer>,
  plain: Uint8Array<ArrayBuffer>,
  binding: HpkeBinding,
): Promise<HpkeSealed> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey.buffer);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: binding.info.buffer });
  const ciphertext = await sender.seal(plain.buffer, binding.associatedData.buffer);
  return { encapsulated: new Uint8Array(sender.enc), ciphertext: new Uint8Array(ciphertext) };
}

/** Opens; throws for another key, binding or text. */
export async function hpkeOpen(
  keys: SealingKeyPair,
  sealed: HpkeSealed,
  binding: HpkeBinding,
): Promise<Uint8Array<ArrayBuffer>> {
  const privateKey = await crypto.subtle.importKey("pkcs8", keys.privateKey, "X25519", true, ["deriveBits"]);
  const publicKey = await suite.kem.deserializePublicKey(keys.publicKey.buffer);
  const recipient = await suite.createRecipientContext({
    recipientKey: { privateKey, publicKey },
    enc: sealed.encapsulated.buffer,
    info: binding.info.buffer,
  });
  return new Uint8Array(await recipient.open(sealed.ciphertext.buffer, binding.associatedData.buffer));
}
