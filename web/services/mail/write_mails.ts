import type { Kysely } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import type { Queueing } from "@/web/store/mail/messages.ts";
import { insertUnwritten, listUnwritten, listWhoseBills, takeUnwritten } from "@/web/store/mail/unwritten.ts";
import { mailsOfBills } from "./occasions.ts";
import { queueMail } from "./queue_mail.ts";

/**
 * Notes in the transaction of a batch of bills that they are to be mailed: one row for all of them. The mail worker, which
 * the commit wakes, writes their messages a moment later (`writeMails`).
 */
export async function queueMailsOfRun(
  trx: TenantTransaction,
  bills: readonly { id: string }[],
  queueing: Queueing,
): Promise<void> {
  if (bills.length === 0) return;
  const id = uuidv7(queueing.at.epochMilliseconds);
  await insertUnwritten(trx, id, { ...queueing, billIds: bills.map((bill) => bill.id) });
  announceLive(trx, ["mail"]);
}

/**
 * Writes the messages of one batch, as of the moment in which its bills were made: whoever mailed one of them meanwhile has
 * written its message, and no second one is. Who is mailed is decided now.
 *
 * @returns false where it is written already, or another process is at it
 */
export async function writeMails(
  db: Kysely<Database>,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<boolean> {
  return await withTenant(db, tenantId, async (trx) => {
    const taken = await takeUnwritten(trx, id);
    if (taken === null) return false;
    const bills = await listWhoseBills(trx, taken.bill_ids);
    await queueMail(trx, mailsOfBills(bills), {
      at: taken.created_at,
      businessOn: taken.created_on,
      by: taken.created_by,
    });
    return true;
  }, { isRepeatable: true });
}

/** Writes all that a tenant has unwritten. */
export async function writeMailsOf(db: Kysely<Database>, tenantId: string): Promise<void> {
  for (const id of await withTenant(db, tenantId, listUnwritten, { readOnly: true })) {
    await writeMails(db, { tenantId, id });
  }
}
