import type { AccountChange } from "@/shared/codes/access.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { findStaffUser } from "@/web/store/access/staff.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { rollBackToMailSavepoint, setMailSavepoint } from "@/web/store/mail/mail_savepoint.ts";
import { queueStaffMail } from "../mail/queue_staff_mail.ts";
import { failureAside } from "../system_log/failure_aside.ts";

/** What somebody signs in with was changed. */
export interface ChangedAccount {
  /** Whose it is. */
  staffUserId: string;
  what: AccountChange;
  /** Name of whoever did it; null: the person, or who sat at their session. */
  by: string | null;
  /** Address that it was done from; null: at the server. */
  place: string | null;
  at: Temporal.Instant;
}

/**
 * Tells somebody in the transaction that changes what they sign in with: whoever sits at an open session cannot make it
 * theirs without its person learning of it. The mail goes to the address of now, and the system log has a line of it also
 * where no mail is set. No change fails for a mail: one that could not be queued is taken back alone, and is a line of its own.
 */
export async function tellOfAccountChange(
  trx: TenantTransaction,
  { staffUserId, what, by, place, at }: ChangedAccount,
): Promise<void> {
  const staff = await findStaffUser(trx, staffUserId);
  if (staff === null) return;
  // Of one event, which whoever is limited to some sites does not see.
  const line = { at, source: "sign_ins", event: "account_changed" } as const;
  const values = { what, name: staff.name, place: place ?? "—" };
  await insertSystemLog(trx, {
    ...line,
    level: by === null ? "info" : "warn",
    message: formatCoded(
      by === null ? coded("log_account_changed", values) : coded("log_account_changed_by", { ...values, by }),
    ),
  });
  await setMailSavepoint(trx);
  try {
    await queueStaffMail(trx, {
      to: { email: staff.email, name: staff.name, staffUserId },
      occasion: "account_changed",
      params: { what, by, place, changedAt: at.toString() },
      path: "/admin/settings/sessions",
      at,
      by: by ?? staff.name,
    });
  } catch (error) {
    await rollBackToMailSavepoint(trx);
    const said = coded("log_account_change_not_mailed", { name: staff.name, aside: failureAside(error) });
    await insertSystemLog(trx, { ...line, level: "error", message: formatCoded(said) });
  }
}
