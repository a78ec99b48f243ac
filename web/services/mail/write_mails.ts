import type { Kysely } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { isRetried, type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import type { Queueing } from "@/web/store/mail/messages.ts";
import {
  releaseMailSavepoint,
  rollBackToMailSavepoint,
  setMailSavepoint,
} from "@/web/store/mail/mail_savepoint.ts";
import {
  type BillToMail,
  insertUnwritable,
  insertUnwritten,
  listToMail,
  takeUnwritten,
} from "@/web/store/mail/unwritten.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import { sayUnwritable, type UnwritableMail } from "./say_unwritable.ts";
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
    const bills = await listToMail(trx, taken.bill_ids);
    await queueMail(trx, mailsOfBills(bills), {
      at: taken.created_at,
      businessOn: taken.created_on,
      by: taken.created_by,
    });
    return true;
  }, { isRepeatable: true });
}

/**
 * The same, each message alone, where the batch as a whole could not be: only bad ones are left of it. They are said in the
 * system log, once, and stand in the way of nobody who sends the mail of such a bill by hand. Of a void one nothing is left.
 *
 * @returns how many are left; null where it is written already, or another process is at it
 */
export async function writeMailsApart(
  db: Kysely<Database>,
  { tenantId, id }: { tenantId: string; id: string },
  now: Temporal.Instant,
): Promise<number | null> {
  return await withTenant(db, tenantId, async (trx) => {
    const taken = await takeUnwritten(trx, id);
    if (taken === null) return null;
    const queueing = { at: taken.created_at, businessOn: taken.created_on, by: taken.created_by };
    const bad: UnwritableMail[] = [];
    for (const bill of await listToMail(trx, taken.bill_ids)) {
      const failed = await tryToWrite(trx, bill, queueing);
      if (failed !== null && bill.status !== "void") bad.push({ bill, why: failed.why });
    }
    if (bad.length === 0) return 0;
    const billIds = bad.map(({ bill }) => bill.id);
    await insertUnwritable(trx, id, { ...taken, bill_ids: billIds, failed_at: taken.failed_at ?? now });
    if (taken.failed_at === null) await sayUnwritable(trx, bad, { batchId: id, at: now });
    return bad.length;
  }, { isRepeatable: true });
}

/** Queues the mail of one bill. @returns why it could not be, taken back alone; null: it is queued */
async function tryToWrite(
  trx: TenantTransaction,
  bill: BillToMail,
  queueing: Queueing,
): Promise<{ why: unknown } | null> {
  await setMailSavepoint(trx);
  try {
    await queueMail(trx, mailsOfBills([bill]), queueing);
    // The message was sent ahead: its error comes with this one.
    await releaseMailSavepoint(trx);
    return null;
  } catch (error) {
    // The database itself ends a transaction so: all of it is tried again.
    if (isUnavailable(error) || isRetried(error)) throw error;
    await rollBackToMailSavepoint(trx);
    return { why: error };
  }
}
