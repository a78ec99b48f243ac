/** What the security log tells apart. */
export const SECURITY_KINDS = [
  "sign_in_ok",
  "sign_in_failed",
  "sign_in_locked",
  "signed_out",
  "session_ended",
  "refused",
  "new_device",
  "confirmed",
  "confirm_failed",
  "link_mailed",
] as const;
export type SecurityKind = typeof SECURITY_KINDS[number];

/** Why, in more detail than the kind. */
export const SECURITY_REASONS = [
  "password",
  "set_up",
  "invited",
  "switched",
  "passkey",
  "app_code",
  "second_app",
  "second_passkey",
  "second_recovery_code",
  "wrong_code",
  "wrong_passkey",
  "wrong_password",
  "unknown_account",
  "disabled",
  "too_many_tries",
  "signed_out",
  "replaced",
  "person_disabled",
  "new_password",
  "ended_by_person",
  "ended_by_staff",
  "not_confirmed",
  "invite_gone",
  "forgotten",
  "too_many_links",
  "no_mail_server",
  "several_companies",
  "permission",
  "form_token",
  "origin",
  "audience",
  "host",
  "enrolment",
  "more",
] as const;
export type SecurityReason = typeof SECURITY_REASONS[number];

/** Something for the security log. */
export interface SecurityEvent {
  /** Null where nobody knows whose it is: a made-up account, a request from another site. */
  tenantId: string | null;
  kind: SecurityKind;
  reason: SecurityReason;
  /** A person's e-mail address; {@linkcode maskTypedAccount} where it is nobody's; empty when there is none. */
  account: string;
  staffUserId: string | null;
  ip: string;
  requestId: string;
  /** Route that was refused. */
  place?: string;
}

/**
 * What may be kept of an account that does not exist. People type passwords into the wrong field: nothing is kept but
 * the first letters of what looks like an e-mail address, and nothing at all of what does not.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { maskTypedAccount } from "./security_event.ts";
 * assert.equal(maskTypedAccount("Nobody@example.com"), "n***@e***");
 * assert.equal(maskTypedAccount("correct horse"), "");
 * ```
 */
export function maskTypedAccount(typed: string): string {
  const [, name, host] = /^([a-z0-9])[a-z0-9._+-]{0,63}@([a-z0-9])[a-z0-9.-]{0,250}\.[a-z]{2,24}$/i.exec(
    typed.trim(),
  ) ?? [];
  return name === undefined || host === undefined ? "" : `${name}***@${host}***`.toLowerCase();
}

/** Whether people outside can cause it as often as they like. */
export function isFromOutside({ kind, staffUserId }: Pick<SecurityEvent, "kind" | "staffUserId">): boolean {
  return kind === "sign_in_failed" || kind === "sign_in_locked" ||
    (kind === "refused" && staffUserId === null);
}

/**
 * Start of the period in which the same is one entry with a count: an hour for what can be caused from outside, a minute
 * for what needs an account.
 */
export function periodOf(
  event: Pick<SecurityEvent, "kind" | "staffUserId">,
  at: Temporal.Instant,
): Temporal.Instant {
  const seconds = isFromOutside(event) ? 3600 : 60;
  const epochSeconds = Math.floor(at.epochMilliseconds / 1000 / seconds) * seconds;
  return Temporal.Instant.fromEpochMilliseconds(epochSeconds * 1000);
}
