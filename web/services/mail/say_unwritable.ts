import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { BillToMail } from "@/web/store/mail/unwritten.ts";
import { failureAside } from "../system_log/failure_aside.ts";

/** A bill whose mail could not be written, and the error. */
export interface UnwritableMail {
  bill: BillToMail;
  why: unknown;
}

/** So many bills of a batch have a line of their own; the others are counted in one. */
const LINES_MAX = 50;

/** Says in the system log of which bills the mail could not be written. */
export async function sayUnwritable(
  trx: TenantTransaction,
  mails: readonly UnwritableMail[],
  { batchId, at }: { batchId: string; at: Temporal.Instant },
): Promise<void> {
  const line = { at, level: "error", source: "mail", event: "mail_not_written", reference: batchId } as const;
  for (const mail of mails.slice(0, LINES_MAX)) {
    const { id: billId, subscriberId } = mail.bill;
    await insertSystemLog(trx, { ...line, message: formatCoded(saidOf(mail)), subscriberId, billId });
  }
  const [next] = mails.slice(LINES_MAX);
  if (next === undefined) return;
  // Of nobody in particular: whoever is limited to some sites does not see it.
  const more = coded("log_mail_more", { count: mails.length - LINES_MAX, said: saidOf(next) });
  await insertSystemLog(trx, { ...line, message: formatCoded(more) });
}

function saidOf({ bill, why }: UnwritableMail) {
  return coded("log_mail_not_written", { number: bill.number ?? "", aside: failureAside(why) });
}
