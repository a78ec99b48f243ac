import { coded, formatCoded } from "@/shared/codes/mod.ts";
import {
  isBrief,
  MESSAGES_REFUSED,
  SENDER_PROBLEMS,
  SENDING_LIMIT,
} from "@/web/domain/mail/sender_problems.ts";
import type { SmtpFailure } from "@/web/gateways/mail/types.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import { unmarkRefusals } from "@/web/store/mail/mark_refusals.ts";
import { putBackRefused, putBehind, wakeMessages } from "@/web/store/mail/outbox.ts";
import { clearSenderProblem, findSender, updateSenderProblem } from "@/web/store/mail/senders.ts";
import { stopMinutes } from "./decide_outcome.ts";

/** Those that were refused are not what the server is tried with next: they may be at fault after all. */
const OTHERS_FIRST_HOURS = 5;
/** So long a message waits behind the others after an answer that may have been about who sends. */
export const ASIDE_MINUTES = 5;

/** What stops it: a failure of the server, or that its settings cannot be read. */
export type StopReason = Omit<SmtpFailure, "problem"> & {
  problem: SmtpFailure["problem"] | "settings_unreadable" | typeof MESSAGES_REFUSED;
};

/** Where and when it happened. */
export interface SenderMoment {
  at: Temporal.Instant;
  /** Null where the settings cannot be read. */
  host: string | null;
}

/**
 * Stops the tenant's queue for a while, longer each time. Messages that were refused for it are queued
 * again, to be tried when others have been, and addresses that were marked for it are unmarked. The system log gets a line when a problem begins or becomes
 * another one, not one for each try.
 */
export async function stopSender(
  trx: TenantTransaction,
  { problem, words, code, status }: StopReason,
  { at, host, refusedIds = [] }: SenderMoment & { refusedIds?: readonly string[] },
): Promise<void> {
  const before = await findSender(trx);
  const isSame = before?.problem === problem;
  const triesBefore = isSame ? before.tries : 0;
  const minutes = stopMinutes(problem, triesBefore);
  const notBeforeAt = at.add({ minutes });
  await putBackRefused(trx, refusedIds, notBeforeAt.add({ hours: OTHERS_FIRST_HOURS }));
  await unmarkRefusals(trx, refusedIds);
  await putBehind(trx, SENDER_PROBLEMS, notBeforeAt.add({ minutes: ASIDE_MINUTES }));
  await updateSenderProblem(trx, {
    problem,
    words,
    at,
    tries: triesBefore + 1,
    notBeforeAt,
  });
  announceLive(trx, ["mail"]);
  if (isSame) return;
  await insertSystemLog(trx, {
    at,
    level: isBrief(problem) || problem === SENDING_LIMIT ? "warn" : "error",
    source: "mail",
    event: "mail_stopped",
    message: formatCoded(coded("log_mail_stopped", { server: host ?? "", problem, words })),
    fields: { problem, code, status, host },
  });
}

/** Goes on after a problem. */
export async function resumeSender(
  trx: TenantTransaction,
  { at, host }: SenderMoment,
): Promise<void> {
  const before = await findSender(trx);
  if (before === null || before.problem === null) return;
  await wakeMessages(trx, [MESSAGES_REFUSED, ...SENDER_PROBLEMS], { at });
  await clearSenderProblem(trx);
  announceLive(trx, ["mail"]);
  await insertSystemLog(trx, {
    at,
    level: "info",
    source: "mail",
    event: "mail_resumed",
    message: formatCoded(coded("log_mail_resumed", { server: host ?? "" })),
    fields: { problem: before.problem, since: before.problem_at?.toString() ?? null },
  });
}
