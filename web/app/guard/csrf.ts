import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { CarriedForms } from "@/web/app/form/carried_form.ts";

const DIGEST_BYTES = 32;
const MARK_BYTES = 16;

/**
 * Makes and checks the tokens of forms: an HMAC of the session id, masked anew for each page. A token also bears the
 * person's mark, so that a form whose session has ended can be given back to the one who filled it in, and to nobody else.
 */
export class CsrfTokens {
  readonly #key: Uint8Array;
  readonly forms: CarriedForms;

  /** @param key at least 32 random bytes, the same on every node */
  constructor(key: Uint8Array) {
    if (key.length < DIGEST_BYTES) {
      throw new Error("Cannot make form tokens: the key is shorter than 32 bytes");
    }
    this.#key = key;
    this.forms = new CarriedForms(key);
  }

  /** A token for one page. Masked, so that compressed pages do not leak it byte by byte (BREACH). */
  issue(sessionId: string, staffUserId?: string): string {
    const parts = masked(this.#digest(sessionId));
    if (staffUserId !== undefined) parts.push(...masked(this.forms.markOf(staffUserId)));
    return Buffer.concat(parts).toString("base64url");
  }

  verify(sessionId: string, token: string): boolean {
    const bytes = Buffer.from(token, "base64url");
    if (bytes.length !== 2 * DIGEST_BYTES && bytes.length !== 2 * (DIGEST_BYTES + MARK_BYTES)) return false;
    const digest = xor(bytes.subarray(0, DIGEST_BYTES), bytes.subarray(DIGEST_BYTES, 2 * DIGEST_BYTES));
    return timingSafeEqual(digest, this.#digest(sessionId));
  }

  /** The mark in a token of whatever session, also of one that has ended; null when it has none. */
  markIn(token: string): string | null {
    const bytes = Buffer.from(token, "base64url").subarray(2 * DIGEST_BYTES);
    if (bytes.length !== 2 * MARK_BYTES) return null;
    return xor(bytes.subarray(0, MARK_BYTES), bytes.subarray(MARK_BYTES)).toString("base64url");
  }

  #digest(sessionId: string): Buffer {
    return createHmac("sha256", this.#key).update(`csrf:${sessionId}`).digest();
  }
}

function masked(bytes: Buffer): Buffer[] {
  const mask = randomBytes(bytes.length);
  return [mask, xor(mask, bytes)];
}

function xor(left: Uint8Array, right: Uint8Array): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}
