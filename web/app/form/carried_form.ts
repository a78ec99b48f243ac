import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { RawInput } from "@/web/app/state.ts";

/** A form that was sent after its session had ended. */
export interface CarriedForm {
  /** Page that shows the form. */
  path: string;
  values: RawInput;
  /** Mark of the person whose page the form stood on. */
  who: string;
}

/** How long the sign-in page may stand. */
const MINUTES = 30;
const TEXT_MAX = 32_768;
const TAG_BYTES = 16;
const IV_BYTES = 12;
/** Never carried: secrets, one-time keys, and words that confirm something. */
const NOT_KEPT = /pass|secret|token|otp|pin$|^code$|key$|^_|confirm/i;

/**
 * Carries what somebody typed over the sign-in page and back. It is sealed, so that it cannot be read or made up on the
 * way (another person may sit there next), and it is given to nobody but the person whose page the form was on.
 */
export class CarriedForms {
  readonly #key: Buffer;
  readonly #markKey: Buffer;

  constructor(key: Uint8Array) {
    this.#key = createHmac("sha256", key).update("carried-form:seal").digest();
    this.#markKey = createHmac("sha256", key).update("carried-form:mark").digest();
  }

  /** The mark of a person that stands in the form tokens of their pages. */
  markOf(staffUserId: string): Buffer {
    return createHmac("sha256", this.#markKey).update(staffUserId).digest().subarray(0, TAG_BYTES);
  }

  /** Whether a form was on a page of this person. */
  belongsTo(form: CarriedForm, staffUserId: string): boolean {
    const mark = Buffer.from(form.who, "base64url");
    return mark.length === TAG_BYTES && timingSafeEqual(mark, this.markOf(staffUserId));
  }

  /** The form as a hidden field; null when it is too large or has nothing to keep. */
  seal(form: CarriedForm, now: Temporal.Instant): string | null {
    const values = Object.fromEntries(Object.entries(form.values).filter(([name]) => !NOT_KEPT.test(name)));
    if (Object.keys(values).length === 0) return null;
    const text = JSON.stringify({ ...form, values, until: now.add({ minutes: MINUTES }).epochMilliseconds });
    if (text.length > TEXT_MAX) return null;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, iv);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
  }

  /** Reads {@linkcode seal}; null for anything that is not ours or too old. */
  open(field: string, now: Temporal.Instant): CarriedForm | null {
    const bytes = Buffer.from(field, "base64url");
    if (bytes.length <= IV_BYTES + TAG_BYTES) return null;
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      const { until, ...form } = JSON.parse(text.toString("utf8")) as CarriedForm & { until: number };
      return until >= now.epochMilliseconds ? form : null;
    } catch {
      // A field that somebody has changed: as if it were not there.
      return null;
    }
  }
}
