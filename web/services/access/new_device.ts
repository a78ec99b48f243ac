import type { SecurityReason } from "@/web/domain/access/mod.ts";
import { hasJustOpened } from "@/web/store/access/open_sessions.ts";
import { lockPerson } from "@/web/store/access/staff.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { SignInContext } from "./sign_in.ts";

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
 * Writes down that somebody signs in from a new device, in the transaction that opens the session and before it does. A
 * form that was sent twice is told of once: the second finds the session of the first.
 */
export async function tellOfNewDevice(
  { security }: Pick<SignInContext, "security">,
  trx: TenantTransaction,
  { at, userAgent, email, ...device }: NewDevice,
): Promise<void> {
  const { staffUserId, ip } = device;
  await lockPerson(trx, staffUserId);
  const since = at.subtract({ seconds: TWICE_SECONDS });
  if (await hasJustOpened(trx, staffUserId, { since, ip, userAgent })) return;
  await security.record(trx, { ...device, kind: "new_device", account: email });
}
