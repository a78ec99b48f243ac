import { err, ok, type Result } from "@/shared/result.ts";

/** Why a text is not taken as the e-mail address of one person. */
export type AddressProblem =
  | "address_control_characters"
  | "address_several"
  | "address_with_name"
  | "address_quoted"
  | "address_incomplete"
  | "address_before_at"
  | "address_domain"
  | "address_too_long";

const LOCAL_MAX = 64;
/** RFC 5321, section 4.5.3.1.3. */
const ADDRESS_MAX = 254;
/** Letters before the @ that every mail server passes on, in parts with dots between them (RFC 5321, dot-string). */
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * Reads exactly one e-mail address, without a name around it. A domain in letters of its own is turned into the ASCII
 * that mail servers know (`ñ.example` into `xn--ida.example`); such letters before the @ few servers pass on, so they are
 * refused. Nothing that it returns holds a line break, a comma or a quotation mark.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMailAddress } from "@/web/domain/mail/address.ts";
 *
 * assert.deepEqual(parseMailAddress(" ana@isp.example "), { ok: true, value: "ana@isp.example" });
 * ```
 */
export function parseMailAddress(typed: string): Result<string, AddressProblem> {
  // Before anything is trimmed: a line break at the end is no slip of the keyboard.
  if (hasControlCharacters(typed)) return err("address_control_characters");
  const text = typed.trim();
  if (text.includes('"')) return err("address_quoted");
  if (/[,;]/.test(text) || (text.match(/@/g)?.length ?? 0) > 1) return err("address_several");
  if (/[<>()]/.test(text) || /^\S+\s.*\S+@\S+$/.test(text)) return err("address_with_name");
  const [local = "", domain = ""] = text.split("@");
  if (local === "" || domain === "" || !text.includes("@")) return err("address_incomplete");
  if (!LOCAL.test(local)) return err("address_before_at");
  const ascii = asciiDomain(domain);
  if (ascii === null) return err("address_domain");
  const address = `${local}@${ascii}`;
  return local.length > LOCAL_MAX || address.length > ADDRESS_MAX ? err("address_too_long") : ok(address);
}

/**
 * An address that may be left out, as a form of something saved sends it: one that is as it was saved stays, however odd
 * it is, so that the rest can be changed.
 */
export function parseContactAddress(
  typed: string | null,
  saved: string | null,
): Result<string | null, AddressProblem> {
  const text = typed?.trim() ?? "";
  if (text === "") return ok(null);
  return saved !== null && text === saved.trim() ? ok(saved) : parseMailAddress(text);
}

/** Whether a text holds a line break, NUL or another control character: in a header it could begin another one. */
export function hasControlCharacters(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return /[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(text);
}

/** A domain of at least two names in ASCII, as it was written where it is ASCII already; null when it is none. */
export function asciiDomain(domain: string): string | null {
  // deno-lint-ignore no-control-regex
  const isAscii = /^[\u0000-\u007f]*$/.test(domain);
  const ascii = isAscii ? domain : punycodeOf(domain);
  if (ascii === null || ascii.length > 253) return null;
  const labels = ascii.split(".");
  const isDomain = labels.length > 1 && labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "");
  return isDomain ? ascii : null;
}

/** As the standard for addresses of the web turns it; null for what is not only a host name. */
function punycodeOf(domain: string): string | null {
  if (/[\s/\\?#@:%[\]<>^|]/.test(domain)) return null;
  return URL.parse(`http://${domain}/`)?.hostname ?? null;
}
