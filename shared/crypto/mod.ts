/** Cryptography that web and agent share, on WebCrypto (decision D18). */
export { fromBase64Url, randomBytes, timingSafeEqual, toBase64Url } from "./bytes.ts";
export { hmacSha256, sha256, sha256Hex } from "./hash.ts";
export { generateSigningKey, sign, type SigningKeyPair, verify } from "./signature.ts";
export {
  generateSealingKey,
  openSealed,
  seal,
  SEAL_VERSION,
  type SealContext,
  type SealingKeyPair,
  type SealRecipient,
} from "./seal.ts";
