import { uuidv7 } from "@/shared/ids.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import { insertMessages, type NewMessage, type Queueing } from "@/web/store/mail/messages.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** A message that a use case wants sent; see {@linkcode NewMessage}. */
export type QueuedMail = Omit<NewMessage, "id">;

/**
 * Queues messages in the transaction of what they tell: they exist exactly when it commits, and are sent afterwards by
 * whichever process is free. Billing never waits for mail, and a message of an occasion is ever queued once.
 */
export async function queueMail(
  trx: TenantTransaction,
  mails: readonly QueuedMail[],
  queueing: Queueing,
): Promise<void> {
  if (mails.length === 0) return;
  const nowMs = queueing.at.epochMilliseconds;
  await insertMessages(trx, mails.map((mail) => ({ ...mail, id: uuidv7(nowMs) })), queueing);
  announceLive(trx, ["mail"]);
}
