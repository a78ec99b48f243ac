import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { sendRemindersJob } from "@/web/jobs/send_reminders.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import {
  insertMailBatch,
  listRemindable,
  lockMailBatch,
  lockReminding,
  type MailBatchRow,
  sortBySubscriber,
  updateMailBatch,
} from "@/web/store/mail/remind.ts";
import { lockUnwritable } from "@/web/store/mail/unwritten.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import { listMailable, updateSkippedBills } from "@/web/store/mail/mailable.ts";
import { type BusinessMoment, businessNow } from "../business_clock.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { digestOf } from "../subscribers/bulk.ts";
import { runUseCase } from "../use_case.ts";
import { queueMail, quietly } from "./queue_mail.ts";

/** Bills of one batch. */
export const BATCH_MAX = 20_000;
/** Bills of one transaction, and how many more of one subscriber it may take. */
const CHUNK = 500;
const CHUNK_MORE = 100;

/** Why no batch is begun. */
export type ManyCode = "mail_nobody_chosen" | "mail_list_changed" | "mail_too_many";
/** What many are mailed of at once. */
export type BatchOccasion = MailBatchRow["occasion"];

/** What was asked for: which bills, and what was confirmed. */
export interface ManyInput {
  /** Of the form: the batch. Sent twice, it is one. */
  key: string;
  occasion: BatchOccasion;
  /** Also bills that were mailed before. @default false */
  isAgain?: boolean;
  /** Reads the bills again, in the transaction that keeps them. */
  read: (trx: TenantTransaction) => Promise<readonly string[]>;
  /** Digest of the bills that the question was about. */
  seen: string;
}

const AUDITED = {
  reminder: { action: "mail.reminded", code: "audit_mail_reminded" },
  bill_issued: { action: "mail.bills_mailed", code: "audit_bills_mailed" },
} as const;

/** Begins to mail many bills, or reminders of them; a job queues them, and what has changed meanwhile is left out. */
export async function mailMany(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { key, occasion, isAgain = false, read, seen }: ManyInput,
): Promise<Result<{ batchId: string }, ManyCode>> {
  return await runUseCase<{ batchId: string }, ManyCode>(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    await lockReminding(trx);
    if (await lockMailBatch(trx, key) !== null) return ok({ batchId: key });
    const ids = await read(trx);
    if (ids.length === 0) return err("mail_nobody_chosen");
    if (ids.length > BATCH_MAX) return err("mail_too_many", { max: BATCH_MAX });
    if (await digestOf(ids) !== seen) return err("mail_list_changed");
    const ordered = occasion === "reminder" ? await sortBySubscriber(trx, ids) : [...ids];
    await insertMailBatch(trx, {
      id: key,
      occasion,
      is_again: isAgain,
      bill_ids: ordered,
      total: ordered.length,
      created_at: at,
      created_on: business.today,
      created_by: actor.label,
    });
    await useCase.enqueue(sendRemindersJob, { tenantId, batchId: key });
    const { action, code } = AUDITED[occasion];
    await recordAudit(trx, actor, {
      action,
      subjectKind: "mail_batch",
      subjectId: key,
      summary: coded(code, { count: ids.length }),
      at,
      businessOn: business.today,
    });
    return ok({ batchId: key });
  });
}

/**
 * Queues the mails of a batch, one transaction a chunk. It can be killed anywhere and run again, also twice at once: how
 * far it has come and what was queued commit together.
 */
export async function sendBatch(
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

/** How far a chunk went: bills that were looked at and mailed, and the messages. */
interface Sent {
  looked: number;
  chosen: number;
  mailIds: readonly string[];
}

async function sendChunk(trx: TenantTransaction, context: ServiceContext, batchId: string): Promise<boolean> {
  await lockReminding(trx);
  const batch = await lockMailBatch(trx, batchId);
  if (batch === null || batch.finished_at !== null) return true;
  const at = context.clock.now();
  const business = businessNow(await getTenant(trx), { now: () => at });
  const moment = { at, business };
  const sent = batch.occasion === "reminder"
    ? await remindChunk(trx, batch, moment)
    : await mailChunk(trx, batch, moment);
  const done = batch.done + sent.looked;
  const isDone = done >= batch.total;
  await updateMailBatch(trx, batchId, {
    done,
    queued: batch.queued + sent.chosen,
    mail_ids: [...batch.mail_ids, ...sent.mailIds],
    ...(isDone ? { finished_at: at } : {}),
  });
  announceLive(trx, ["mail"]);
  return isDone;
}

interface ChunkMoment {
  at: Temporal.Instant;
  business: BusinessMoment;
}

/** One reminder for a subscriber, however many of their bills are in the batch; in quiet hours they wait for the morning. */
async function remindChunk(
  trx: TenantTransaction,
  batch: MailBatchRow,
  { at, business }: ChunkMoment,
): Promise<Sent> {
  const ids = batch.bill_ids.slice(batch.done, batch.done + CHUNK + CHUNK_MORE);
  const bills = await listRemindable(trx, ids, business.today);
  const whose = new Map(bills.map((bill) => [bill.id, bill.subscriber_id]));
  let looked = Math.min(CHUNK, ids.length);
  // Nobody's bills are taken apart.
  while (looked < ids.length && whose.get(ids[looked] ?? "") === whose.get(ids[looked - 1] ?? "")) looked++;
  const taken = new Set(ids.slice(0, looked));
  const chosen = bills.filter((bill) => taken.has(bill.id) && bill.reason === null);
  const mails = [...Map.groupBy(chosen, (bill) => bill.subscriber_id)].map(([subscriberId, theirs]) => {
    const billIds = theirs.map((bill) => bill.id);
    return {
      occasion: "reminder" as const,
      dedupeKey: `remind:${batch.id}:${billIds[0]}`,
      subscriberId,
      billId: billIds[0],
      facts: { billIds },
    };
  });
  const queueing = { at, businessOn: business.today, by: batch.created_by };
  await queueMail(trx, await quietly(trx, business, mails), queueing);
  return { looked, chosen: chosen.length, mailIds: [] };
}

/**
 * A bill that was never mailed, or skipped, is the message of its issue, so that no other one follows by itself; what
 * failed or went before is sent as another one.
 */
async function mailChunk(
  trx: TenantTransaction,
  batch: MailBatchRow,
  { at, business }: ChunkMoment,
): Promise<Sent> {
  const ids = batch.bill_ids.slice(batch.done, batch.done + CHUNK);
  await lockUnwritable(trx, ids);
  const chosen = (await listMailable(trx, ids))
    .filter(({ reason }) => reason === null || (reason === "mailed" && batch.is_again));
  const skipped = chosen.filter((bill) => bill.first_state === "skipped");
  const queued = await updateSkippedBills(trx, skipped.map(({ id }) => id), at);
  const mails = chosen.filter((bill) => bill.first_state !== "skipped").map((bill) => ({
    occasion: "bill_issued" as const,
    dedupeKey: bill.first_state === null ? `bill_issued:${bill.id}` : `again:${batch.id}:${bill.id}`,
    subscriberId: bill.subscriber_id,
    billId: bill.id,
  }));
  const queueing = { at, businessOn: business.today, by: batch.created_by };
  const mailIds = [...queued, ...await queueMail(trx, mails, queueing)];
  return { looked: ids.length, chosen: chosen.length, mailIds };
}
