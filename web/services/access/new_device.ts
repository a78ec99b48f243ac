import { readDevice, type SecurityReason } from "@/web/domain/access/mod.ts";
import { hasJustOpened } from "@/web/store/access/open_sessions.ts";
import { findStaffUser, lockPerson } from "@/web/store/access/staff.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { rollBackToMailSavepoint, setMailSavepoint } from "@/web/store/mail/mail_savepoint.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { findPreference } from "@/web/store/settings/preferences.ts";
import { queueStaffMail } from "../mail/queue_staff_mail.ts";
import type { SignInContext } from "./session.ts";

/** A form that is sent twice within this is one sign-in. */
const TWICE_SECONDS = 60;

/** Somebody signs in with a browser that is not known to be theirs. */
export interface NewDevice {
  staffUserId: string;
  email: string;
  ip: string;
  userAgent: string | null;
  requestId: string;
  /** What they have signed in by. */
  reason: SecurityReason;
  at: Temporal.Instant;
}

/**
 * Writes down that somebody signs in from a new device, in the transaction that opens the session and before it does, and
 * mails it to them where a mail server is set. A form that was sent twice is told of once: the second finds the session of
 * the first.
 */
export async function tellOfNewDevice(
  { security }: Pick<SignInContext, "security">,
  trx: TenantTransaction,
  device: NewDevice,
): Promise<void> {
  const { staffUserId, ip, userAgent, email, requestId, reason, at } = device;
  await lockPerson(trx, staffUserId);
  const since = at.subtract({ seconds: TWICE_SECONDS });
  if (await hasJustOpened(trx, staffUserId, { since, ip, userAgent })) return;
  await security.record(trx, { staffUserId, ip, requestId, reason, kind: "new_device", account: email });
  await mailWhatCanBe(security, trx, device);
}

/** No sign-in fails for a mail: what could not be queued is taken back alone, and is in the log of the process. */
async function mailWhatCanBe(
  security: SignInContext["security"],
  trx: TenantTransaction,
  device: NewDevice,
): Promise<void> {
  await setMailSavepoint(trx);
  try {
    await mailNewDevice(trx, device);
  } catch (error) {
    await rollBackToMailSavepoint(trx);
    security.couldNotTell("new_device_not_mailed", error);
  }
}

/**
 * In the language of whoever reads. Somebody who knows the password and forgets the cookie each time fills no mailbox: of
 * one browser at one address there is one mail an hour.
 */
async function mailNewDevice(
  trx: TenantTransaction,
  { staffUserId, ip, userAgent, at }: NewDevice,
): Promise<void> {
  if (await findMailServer(trx) === null) return;
  const staff = await findStaffUser(trx, staffUserId);
  if (staff === null) return;
  const chosen = await findPreference(trx, staffUserId, "locale");
  const locale = chosen === "en" || chosen === "fil" ? chosen : undefined;
  const { browser, system } = readDevice(userAgent);
  await queueStaffMail(trx, {
    to: { email: staff.email, name: staff.name, staffUserId, locale },
    occasion: "new_device",
    params: { browser, system, place: ip, signedInAt: at.toString() },
    path: "/admin/settings/sessions",
    at,
    by: staff.name,
    key: [staffUserId, at.toString().slice(0, 13), ip, browser, system].join(":").slice(0, 180),
  });
}
