import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { extendExpiry, markDoubtful, skipOld } from "@/web/store/mail/outbox.ts";
import { NOBODY } from "./finish_message.ts";
import { lineOf } from "./mail_lines.ts";

/** What waited so long is sent to nobody: a receipt of last month is a riddle. */
const OLD_DAYS = 30;

/** What a process was handing over when it died is sent again under the same id, and marked. */
export async function recoverDoubtful(trx: TenantTransaction, at: Temporal.Instant): Promise<void> {
  for (const { id, subscriber_id, bill_id, address, state } of await markDoubtful(trx)) {
    const to = address ?? NOBODY;
    const isOver = state === "failed";
    const said = isOver
      ? coded("log_mail_lost_twice", { to })
      : coded("log_mail_perhaps_double", { to, why: "process_ended" });
    const about = { messageId: id, subscriberId: subscriber_id, billId: bill_id };
    await insertSystemLog(
      trx,
      lineOf({
        at,
        level: isOver ? "error" : "warn",
        event: isOver ? "mail_failed" : "mail_perhaps_double",
        said,
        problem: isOver ? "answer_lost" : "process_ended",
        ...about,
      }),
    );
  }
}

/** What waited for too long has its end; and after a stop (`wasStopped`) nothing ends because it waited for that. */
export async function tidyOutbox(
  trx: TenantTransaction,
  { at, wasStopped }: { at: Temporal.Instant; wasStopped: boolean },
): Promise<void> {
  if (wasStopped) await extendExpiry(trx, at);
  const count = await skipOld(trx, at.subtract({ hours: 24 * OLD_DAYS }));
  if (count === 0) return;
  const message = formatCoded(coded("log_mail_too_old", { count, days: OLD_DAYS }));
  const fields = { problem: "too_old", count };
  await insertSystemLog(trx, { at, level: "warn", source: "mail", event: "mail_too_old", message, fields });
}
