import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { sendRemindersJob } from "@/web/jobs/send_reminders.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import {
  insertMailBatch,
  listRemindable,
  lockMailBatch,
  lockReminding,
  updateMailBatch,
} from "@/web/store/mail/remind.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import { businessNow } from "../business_clock.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { digestOf } from "../subscribers/bulk.ts";
import { runUseCase } from "../use_case.ts";
import { queueMail } from "./queue_mail.ts";

/** Bills of one batch. */
export const REMIND_MAX = 20_000;
/** Bills of one transaction. */
const CHUNK = 500;

export type RemindCode = "mail_nobody_chosen" | "mail_list_changed" | "mail_too_many";

/** What was asked for: which bills, and what was confirmed. */
export interface RemindInput {
  /** Of the form: the batch. Sent twice, it is one. */
  key: string;
  /** Reads the bills again, in the transaction that keeps them. */
  read: (trx: TenantTransaction) => Promise<readonly string[]>;
  /** Digest of the bills that the question was about. */
  seen: string;
}

/** Begins to remind of many bills; a job queues the reminders, and what has changed meanwhile is left out. */
export async function remindMany(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { key, read, seen }: RemindInput,
): Promise<Result<{ batchId: string }, RemindCode>> {
  return await runUseCase<{ batchId: string }, RemindCode>(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    await lockReminding(trx);
    if (await lockMailBatch(trx, key) !== null) return ok({ batchId: key });
    const ids = await read(trx);
    if (ids.length === 0) return err("mail_nobody_chosen");
    if (ids.length > REMIND_MAX) return err("mail_too_many", { max: REMIND_MAX });
    if (await digestOf(ids) !== seen) return err("mail_list_changed");
    await insertMailBatch(trx, {
      id: key,
      bill_ids: [...ids],
      total: ids.length,
      created_at: at,
      created_on: business.today,
      created_by: actor.label,
    });
    await useCase.enqueue(sendRemindersJob, { tenantId, batchId: key });
    await recordAudit(trx, actor, {
      action: "mail.reminded",
      subjectKind: "mail_batch",
      subjectId: key,
      summary: coded("audit_mail_reminded", { count: ids.length }),
      at,
      businessOn: business.today,
    });
    return ok({ batchId: key });
  });
}

/**
 * Queues the reminders of a batch, one transaction a chunk. It can be killed anywhere and run again, also twice at once:
 * how far it has come and what was queued commit together.
 */
export async function sendReminders(
  context: ServiceContext,
  tenantId: string,
  batchId: string,
  { chunks = Infinity }: { chunks?: number } = {},
): Promise<void> {
  for (let chunk = 0; chunk < chunks; chunk++) {
    const isDone = await withTenant(
      context.db,
      tenantId,
      (trx) => sendChunk(trx, context, batchId),
      { isRepeatable: true },
    );
    if (isDone) return;
  }
}

async function sendChunk(trx: TenantTransaction, context: ServiceContext, batchId: string): Promise<boolean> {
  await lockReminding(trx);
  const batch = await lockMailBatch(trx, batchId);
  if (batch === null || batch.finished_at !== null) return true;
  const at = context.clock.now();
  const { today } = businessNow(await getTenant(trx), { now: () => at });
  const ids = batch.bill_ids.slice(batch.done, batch.done + CHUNK);
  const chosen = (await listRemindable(trx, ids, today)).filter((bill) => bill.reason === null);
  await queueMail(
    trx,
    chosen.map((bill) => ({
      occasion: "reminder",
      dedupeKey: `remind:${batchId}:${bill.id}`,
      subscriberId: bill.subscriber_id,
      billId: bill.id,
      facts: { billIds: [bill.id] },
    })),
    { at, businessOn: today, by: batch.created_by },
  );
  const done = batch.done + ids.length;
  const isDone = done >= batch.total;
  await updateMailBatch(trx, batchId, {
    done,
    queued: batch.queued + chosen.length,
    ...(isDone ? { finished_at: at } : {}),
  });
  announceLive(trx, ["mail"]);
  return isDone;
}
