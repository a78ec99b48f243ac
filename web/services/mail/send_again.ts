import { coded } from "@/shared/codes/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { type OccasionWithFacts, readOccasionFacts, storedFacts } from "@/web/domain/mail/facts.ts";
import { isStaffOccasion } from "@/web/domain/mail/staff.ts";
import type { Occasion } from "@/web/domain/mail/types.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { findMail, lockMailByKey } from "@/web/store/mail/mail_page.ts";
import { findSkipReason, updateMailQueued } from "@/web/store/mail/send_again.ts";
import { findUnwritten } from "@/web/store/mail/unwritten.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { type QueuedMail, queueMail } from "./queue_mail.ts";

/** Why nothing is sent. */
export type SendCode =
  | "mail_not_found"
  | "mail_to_staff"
  | "mail_waits_already"
  | "mail_of_void_bill"
  | "mail_sent_before"
  | "mail_not_sendable";

/**
 * Sends a message once more: a new one with the same content, to the address of now. The same form sent twice is one
 * message. What waits already is not doubled, of a void bill nothing is sent any more, and what staff is told is sent by
 * whatever tells it: a link that was in it is gone.
 */
export async function sendAgain(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { mailId, key }: { mailId: string; key: string },
): Promise<Result<{ mailId: string }, SendCode>> {
  return await runUseCase<{ mailId: string }, SendCode>(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    const dedupeKey = `again:${key}`;
    const mail = await findMail(trx, mailId);
    if (mail === null) return err("mail_not_found");
    const { subscriber_id: subscriberId, occasion } = mail;
    if (subscriberId === null || isStaffOccasion(occasion)) return err("mail_to_staff");
    // Two of the same form wait for each other here.
    await lockSubscriber(trx, subscriberId);
    const done = await lockMailByKey(trx, dedupeKey);
    if (done !== null) return ok({ mailId: done.id });
    if (mail.state === "queued") return err("mail_waits_already");
    const refused = await refuseSending(useCase, {
      billId: mail.bill_id,
      subscriberId,
      occasion,
    });
    if (refused !== null) return refused;
    const queued = await queueOne(useCase, {
      ...factsOnceMore({ ...mail, occasion }),
      dedupeKey,
      subscriberId,
      billId: mail.bill_id ?? undefined,
      paymentId: mail.payment_id ?? undefined,
      memoId: mail.memo_id ?? undefined,
      subscriptionId: mail.subscription_id ?? undefined,
    });
    const sent = await findMail(trx, queued);
    await audit(useCase, {
      action: "mail.sent_again",
      mailId: queued,
      subscriberId,
      summary: coded("audit_mail_again", { email: sent?.address ?? "" }),
    });
    return ok({ mailId: queued });
  });
}

/**
 * Sends a bill that was never sent: it came before there was a server or an address. It is the message of the bill's
 * issue, so that no other one follows by itself; one that was skipped is queued, not doubled.
 */
export async function sendBillNow(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { billId }: { billId: string },
): Promise<Result<{ mailId: string }, SendCode>> {
  return await runUseCase<{ mailId: string }, SendCode>(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    const bill = await findBill(trx, billId);
    if (bill === null || bill.status === "draft") return err("mail_not_found");
    await lockSubscriber(trx, bill.subscriber_id);
    const dedupeKey = `bill_issued:${billId}`;
    const known = await lockMailByKey(trx, dedupeKey);
    const isToBeWritten = known === null && await findUnwritten(trx, billId) === "waits";
    if (isToBeWritten || known?.state === "queued") return err("mail_waits_already");
    if (known !== null && known.state !== "skipped") return err("mail_sent_before");
    const about = { billId, subscriberId: bill.subscriber_id, occasion: "bill_issued" as const };
    const refused = await refuseSending(useCase, about);
    if (refused !== null) return refused;
    if (known !== null) {
      await updateMailQueued(trx, known.id, useCase.at);
      useCase.live(["mail"]);
    }
    const mailId = known?.id ?? await queueOne(useCase, { ...about, dedupeKey });
    await audit(useCase, {
      action: "mail.bill_sent",
      mailId,
      subscriberId: bill.subscriber_id,
      summary: coded("audit_mail_now", { number: bill.number ?? "" }),
    });
    return ok({ mailId });
  });
}

/** A reminder that a person sends again is theirs: it goes also past the due date, and says so. */
function factsOnceMore(
  { occasion, facts, bill_id: billId }: { occasion: Occasion; facts: unknown; bill_id: string | null },
): OccasionWithFacts {
  if (occasion !== "reminder" || billId === null) return storedFacts(occasion, facts);
  const { billIds } = readOccasionFacts(occasion, facts) ?? { billIds: [billId] };
  return { occasion, facts: { billIds } };
}

async function refuseSending(
  { trx }: UseCase,
  { billId, subscriberId, occasion }: { billId: string | null; subscriberId: string; occasion: Occasion },
): Promise<Failure<"mail_of_void_bill" | "mail_not_sendable"> | null> {
  const bill = billId === null ? null : await findBill(trx, billId);
  if (bill?.status === "void") return err("mail_of_void_bill");
  const why = await findSkipReason(trx, { subscriberId, occasion });
  return why === null ? null : err("mail_not_sendable", { why });
}

async function queueOne(useCase: UseCase, mail: QueuedMail): Promise<string> {
  const { trx, at, business, actor } = useCase;
  await queueMail(trx, [mail], { at, businessOn: business.today, by: actor.label });
  const queued = await lockMailByKey(trx, mail.dedupeKey);
  if (queued === null) throw new Error(`Cannot send mail "${mail.dedupeKey}": it was not queued`);
  return queued.id;
}

async function audit(
  { trx, actor, at, business }: UseCase,
  { action, mailId, subscriberId, summary }: {
    action: string;
    mailId: string;
    subscriberId: string;
    summary: ReturnType<typeof coded>;
  },
): Promise<void> {
  await recordAudit(trx, actor, {
    action,
    subjectKind: "mail",
    subjectId: mailId,
    subscriberId,
    summary,
    at,
    businessOn: business.today,
  });
}
