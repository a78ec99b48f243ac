import { ok, type Result } from "@/shared/result.ts";
import { noticeDates, type ReminderSettings, remindersOn } from "@/web/domain/mail/ladder.ts";
import { findScheduledRun } from "@/web/store/billing/runs.ts";
import { type CutCandidate, listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import { hasMailServer, listDueBills } from "@/web/store/mail/due_bills.ts";
import { getReminders } from "@/web/store/mail/reminder_settings.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { type QueuedMail, queueQuietly } from "./queue_mail.ts";

/**
 * Queues what a day reminds of: bills that are due soon, and cuts that are to come. Asked on the day itself before its list
 * is made, and only then: a reminder of yesterday is not sent today. Without a mail server there is nothing to remind with,
 * and nothing is written. Asking again queues nothing twice.
 */
export async function queueReminders(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { businessOn }: { businessOn: Temporal.PlainDate },
): Promise<Result<null, never>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    if (await findScheduledRun(trx, "cut", businessOn) !== null) return ok(null);
    if (!await hasMailServer(trx)) return ok(null);
    const settings = await getReminders(trx);
    const reminders = await remindersOf(useCase, settings, businessOn);
    const notices = await noticesOf(useCase, settings, businessOn);
    await queueQuietly(useCase, [...reminders, ...notices]);
    return ok(null);
  });
}

/** One for a subscriber and due date, however many bills are due on it. */
async function remindersOf(
  { trx }: UseCase,
  settings: ReminderSettings,
  today: Temporal.PlainDate,
): Promise<QueuedMail[]> {
  if (settings.silentOccasions.includes("reminder")) return [];
  const due = await listDueBills(trx, remindersOn(settings, today).map(({ dueOn }) => dueOn), today);
  return due.map(({ subscriber_id: subscriberId, due_on: dueOn, bill_ids: billIds }) => {
    const { days } = today.until(dueOn);
    return {
      occasion: "reminder",
      dedupeKey: `reminder:${subscriberId}:${dueOn}:${days}`,
      subscriberId,
      billId: billIds[0],
      facts: { dueOn: dueOn.toString(), days, billIds },
    };
  });
}

/**
 * Of every cut whose day of notice this is; where nobody is cut without notice, also of who is ready to be cut today and
 * was not told: the next run may then cut.
 */
async function noticesOf(
  { trx, tenant, at }: UseCase,
  settings: ReminderSettings,
  today: Temporal.PlainDate,
): Promise<QueuedMail[]> {
  if (settings.silentOccasions.includes("cut_notice")) return [];
  const ahead = Math.max(1, ...settings.beforeCutDays);
  const options = { now: at, exceptCut: true, isInAnyOrder: true };
  const later = await listCutCandidates(trx, tenant, today.add({ days: ahead }), options);
  const subscriptionIds = later.map((row) => row.subscription_id);
  if (subscriptionIds.length === 0) return [];
  const rows = await listCutCandidates(trx, tenant, today, { ...options, subscriptionIds });
  return rows.flatMap((row) => isNoticed(settings, row, today) ? [noticeOf(row, row.cutOn, today)] : []);
}

function isNoticed(
  settings: ReminderSettings,
  row: CutCandidate,
  today: Temporal.PlainDate,
): row is CutCandidate & { cutOn: Temporal.PlainDate } {
  if (row.cutOn === null || Temporal.PlainDate.compare(row.cutOn, today) <= 0) return false;
  if (row.decision === "no_notice") return true;
  return noticeDates(settings, { cutOn: row.cutOn, dueOn: row.debt_due_on }).some((date) =>
    date.equals(today)
  );
}

function noticeOf(row: CutCandidate, cutOn: Temporal.PlainDate, today: Temporal.PlainDate): QueuedMail {
  const { days } = today.until(cutOn);
  return {
    occasion: "cut_notice",
    dedupeKey: `cut_notice:${row.subscription_id}:${cutOn}:${days}`,
    subscriberId: row.subscriber_id,
    subscriptionId: row.subscription_id,
    facts: { cutOn: cutOn.toString(), debt: row.debt, days },
  };
}
