import { isAddress } from "./known_hosts.ts";

/** What somebody may prove themselves by, besides the password. */
export type FactorKind = "app" | "passkey" | "recovery_code";

/** Second factors that somebody has. Recovery codes are a way back to one, and none by themselves. */
export interface FactorsOf {
  hasApp: boolean;
  passkeys: number;
}

/** Wrong tries in a quarter of an hour after which somebody has to wait. */
export const FACTOR_TRIES = 5;
export const FACTOR_WINDOW_SECONDS = 15 * 60;
/** How long a sign-in waits for its second factor. */
export const SECOND_STEP_MINUTES = 10;
/** How long a passkey may take to answer. */
export const CHALLENGE_MINUTES = 5;
/** Whoever changes to another company is not asked again so soon: a code of an app works once. */
export const FACTOR_FRESH_MINUTES = 10;
/** Recovery codes that are made at a time. */
export const RECOVERY_CODES = 10;
/** The most passkeys of one person, and characters of a name of one. */
export const PASSKEYS_MAX = 20;
export const PASSKEY_NAME_MAX = 60;

/** Whether somebody has any factor that counts. */
export function hasFactor({ hasApp, passkeys }: FactorsOf): boolean {
  return hasApp || passkeys > 0;
}

/** What a session is worth: all that its person may do, nothing but to add a factor, or nothing. */
export function standingOf(
  { has, isRequired, provenAt }: { has: boolean; isRequired: boolean; provenAt: Temporal.Instant | null },
): "whole" | "must_enrol" | "none" {
  // Opened before the factor was added, or by a release that did not ask for it.
  if (has) return provenAt === null ? "none" : "whole";
  return isRequired ? "must_enrol" : "whole";
}

/** Whether a factor was given so lately that it counts for the next company too; a moment that lies ahead does not. */
export function isFreshFactor(provenAt: Temporal.Instant | null, now: Temporal.Instant): boolean {
  if (provenAt === null) return false;
  const minutes = now.since(provenAt).total("minutes");
  return minutes >= 0 && minutes < FACTOR_FRESH_MINUTES;
}

/**
 * Whether a factor may be taken away: not the last one while a role asks for one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mayRemove } from "./second_factor.ts";
 * assert.equal(mayRemove("app", { hasApp: true, passkeys: 1 }, true), true);
 * assert.equal(mayRemove("app", { hasApp: true, passkeys: 0 }, true), false);
 * assert.equal(mayRemove("app", { hasApp: true, passkeys: 0 }, false), true);
 * ```
 */
export function mayRemove(
  kind: Exclude<FactorKind, "recovery_code">,
  has: FactorsOf,
  isRequired: boolean,
): boolean {
  const left = kind === "app"
    ? { ...has, hasApp: false }
    : { ...has, passkeys: Math.max(0, has.passkeys - 1) };
  return !isRequired || hasFactor(left);
}

/** What was typed where a code is asked for. */
export type TypedCode = { kind: "app"; code: string } | { kind: "recovery_code"; code: string };

/**
 * Reads a code as people type it: with blanks and dashes, in small letters. Null for what is neither.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readTypedCode } from "./second_factor.ts";
 * assert.deepEqual(readTypedCode(" 123 456 "), { kind: "app", code: "123456" });
 * assert.deepEqual(readTypedCode("abcd-efgh-jkmn-pqrs"), { kind: "recovery_code", code: "ABCDEFGHJKMNPQRS" });
 * assert.equal(readTypedCode("12345"), null);
 * ```
 */
export function readTypedCode(typed: string): TypedCode | null {
  const code = typed.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");
  if (/^[0-9]{6}$/.test(code)) return { kind: "app", code };
  const read = code.replaceAll("O", "0").replace(/[IL]/g, "1");
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(read) ? { kind: "recovery_code", code: read } : null;
}

/** A recovery code as it is shown: four letters at a time. */
export function formatRecoveryCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, "$1-");
}

/** Whether browsers offer passkeys at a host: they want a name and https, or this very machine. */
export function passkeysWorkAt({ hostname, isHttps }: { hostname: string; isHttps: boolean }): boolean {
  if (isAddress(hostname)) return false;
  return isHttps || hostname === "localhost" || hostname.endsWith(".localhost");
}
