import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** How long a browser is known after its last sign-in. */
export const KNOWN_DAYS = 180;
/** People who share a browser, as at a counter; the one who signed in longest ago is forgotten first. */
const PEOPLE_MAX = 6;
const MARK_BYTES = 16;
const TIME_BYTES = 4;
const NAME_BYTES = 12;
const ENTRY_BYTES = MARK_BYTES + TIME_BYTES + NAME_BYTES + MARK_BYTES;

/**
 * Marks browsers in which somebody has signed in before. The mark opens nothing: it gives the tries of that person from
 * that browser a budget of their own, which nobody without the browser can use up. It is signed, bound to the account,
 * and names nobody.
 */
export class KnownBrowsers {
  readonly #key: Buffer;

  /** @param secret at least 32 random bytes, the same on every node */
  constructor(secret: Uint8Array) {
    this.#key = createHmac("sha256", secret).update("known-browser").digest();
  }

  /** The cookie of a browser in which this person has just signed in; others keep their marks in it. */
  issue(cookie: string | null, accountId: string, now: Temporal.Instant): string {
    const mark = this.#markOf(accountId);
    const others = this.#read(cookie, now).filter((entry) => !entry.subarray(0, MARK_BYTES).equals(mark));
    const time = Buffer.alloc(TIME_BYTES);
    time.writeUInt32BE(Math.floor(now.epochMilliseconds / 1000));
    const content = Buffer.concat([mark, time, randomBytes(NAME_BYTES)]);
    const entries = [Buffer.concat([content, this.#sign(content)]), ...others].slice(0, PEOPLE_MAX);
    return entries.map((entry) => entry.toString("base64url")).join(".");
  }

  /** Name of this browser for this person; null when they have not signed in there for long. */
  find(cookie: string | null, accountId: string, now: Temporal.Instant): string | null {
    const mark = this.#markOf(accountId);
    const entry = this.#read(cookie, now).find((entry) => entry.subarray(0, MARK_BYTES).equals(mark));
    return entry?.subarray(MARK_BYTES + TIME_BYTES, MARK_BYTES + TIME_BYTES + NAME_BYTES).toString("hex") ??
      null;
  }

  #read(cookie: string | null, now: Temporal.Instant): Buffer[] {
    const parts = (cookie ?? "").split(".").slice(0, PEOPLE_MAX);
    return parts.map((part) => Buffer.from(part, "base64url")).filter((entry) => {
      if (entry.length !== ENTRY_BYTES) return false;
      const content = entry.subarray(0, ENTRY_BYTES - MARK_BYTES);
      if (!timingSafeEqual(entry.subarray(ENTRY_BYTES - MARK_BYTES), this.#sign(content))) return false;
      const ageSeconds = now.epochMilliseconds / 1000 - entry.readUInt32BE(MARK_BYTES);
      return ageSeconds < KNOWN_DAYS * 86_400;
    });
  }

  #markOf(accountId: string): Buffer {
    return createHmac("sha256", this.#key).update(`account:${accountId}`).digest().subarray(0, MARK_BYTES);
  }

  #sign(content: Uint8Array): Buffer {
    return createHmac("sha256", this.#key).update("entry:").update(content).digest().subarray(0, MARK_BYTES);
  }
}
