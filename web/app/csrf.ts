import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const DIGEST_BYTES = 32;

/** Makes and checks the tokens of forms: an HMAC of the session id, masked anew for each page. */
export class CsrfTokens {
  readonly #key: Uint8Array;

  /** @param key at least 32 random bytes, the same on every node */
  constructor(key: Uint8Array) {
    if (key.length < DIGEST_BYTES) {
      throw new Error("Cannot make form tokens: the key is shorter than 32 bytes");
    }
    this.#key = key;
  }

  /** A token for one page. Masked, so that compressed pages do not leak it byte by byte (BREACH). */
  issue(sessionId: string): string {
    const mask = randomBytes(DIGEST_BYTES);
    return Buffer.concat([mask, xor(mask, this.#digest(sessionId))]).toString("base64url");
  }

  verify(sessionId: string, token: string): boolean {
    const bytes = Buffer.from(token, "base64url");
    if (bytes.length !== 2 * DIGEST_BYTES) return false;
    const digest = xor(bytes.subarray(0, DIGEST_BYTES), bytes.subarray(DIGEST_BYTES));
    return timingSafeEqual(digest, this.#digest(sessionId));
  }

  #digest(sessionId: string): Buffer {
    return createHmac("sha256", this.#key).update(`csrf:${sessionId}`).digest();
  }
}

function xor(left: Uint8Array, right: Uint8Array): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}
