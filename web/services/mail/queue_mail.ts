import { uuidv7 } from "@/shared/ids.ts";
import type { OccasionWithFacts } from "@/web/domain/mail/facts.ts";
import { quietUntil } from "@/web/domain/mail/ladder.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import { insertMessages, type NewMessage, type Queueing } from "@/web/store/mail/messages.ts";
import { getReminders } from "@/web/store/mail/reminder_settings.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { BusinessMoment } from "../business_clock.ts";
import type { UseCase } from "../use_case.ts";

/** A message that a use case wants sent, with the facts of its occasion; see {@linkcode NewMessage}. */
export type QueuedMail = Omit<NewMessage, "id" | "occasion" | "facts"> & OccasionWithFacts;

/**
 * Queues messages in the transaction of what they tell: they exist exactly when it commits, and are sent afterwards by
 * whichever process is free. Billing never waits for mail, and a message of an occasion is ever queued once.
 *
 * @returns their ids; of what was queued before or is not said to anybody there is no such message
 */
export async function queueMail(
  trx: TenantTransaction,
  mails: readonly QueuedMail[],
  queueing: Queueing,
): Promise<string[]> {
  if (mails.length === 0) return [];
  const nowMs = queueing.at.epochMilliseconds;
  const rows = mails.map((mail) => ({ ...mail, id: uuidv7(nowMs) }));
  await insertMessages(trx, rows, queueing);
  announceLive(trx, ["mail"]);
  return rows.map(({ id }) => id);
}

/**
 * The same for reminders, notices and credit: they wait until the company's quiet hours are over. A bill is mailed the
 * moment it is generated, and an answer to what somebody did just now does not wait either.
 */
export async function queueQuietly(
  { trx, business, booking }: Pick<UseCase, "trx" | "business" | "booking">,
  mails: readonly QueuedMail[],
): Promise<void> {
  await queueMail(trx, await quietly(trx, business, mails), queueingOf(booking));
}

/** The same mails, waiting until the quiet hours that it may be in are over. */
export async function quietly(
  trx: TenantTransaction,
  business: BusinessMoment,
  mails: readonly QueuedMail[],
): Promise<readonly QueuedMail[]> {
  if (mails.length === 0) return mails;
  const businessAfterAt = await readQuietEnd(trx, business) ?? undefined;
  return mails.map((mail) => ({ ...mail, businessAfterAt }));
}

/** When the company's quiet hours are over that a moment is in, in business time; null outside of them. */
export async function readQuietEnd(
  trx: TenantTransaction,
  business: BusinessMoment,
): Promise<Temporal.Instant | null> {
  const { quiet } = await getReminders(trx);
  return quietUntil(quiet, business);
}

/** When and by whom, as a booking says it. */
export function queueingOf(
  { at, businessOn, actor }: { at: Temporal.Instant; businessOn: Temporal.PlainDate; actor: string },
): Queueing {
  return { at, businessOn, by: actor };
}
