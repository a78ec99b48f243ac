import { uuidv7 } from "@/shared/ids.ts";
import type { OccasionWithFacts } from "@/web/domain/mail/facts.ts";
import { quietUntil } from "@/web/domain/mail/ladder.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import { insertMessages, type NewMessage, type Queueing } from "@/web/store/mail/messages.ts";
import { getReminders } from "@/web/store/mail/reminder_settings.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { UseCase } from "../use_case.ts";

/** A message that a use case wants sent, with the facts of its occasion; see {@linkcode NewMessage}. */
export type QueuedMail = Omit<NewMessage, "id" | "occasion" | "facts"> & OccasionWithFacts;

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

/**
 * The same for reminders, notices and credit: they wait until the company's quiet hours are over. A bill is mailed the
 * moment it is generated, and an answer to what somebody did just now does not wait either.
 */
export async function queueQuietly(
  { trx, business, booking }: Pick<UseCase, "trx" | "business" | "booking">,
  mails: readonly QueuedMail[],
): Promise<void> {
  if (mails.length === 0) return;
  const { quiet } = await getReminders(trx);
  const businessAfterAt = quietUntil(quiet, business) ?? undefined;
  const waiting = mails.map((mail) => ({ ...mail, businessAfterAt }));
  await queueMail(trx, waiting, queueingOf(booking));
}

/** When and by whom, as a booking says it. */
export function queueingOf(
  { at, businessOn, actor }: { at: Temporal.Instant; businessOn: Temporal.PlainDate; actor: string },
): Queueing {
  return { at, businessOn, by: actor };
}
