import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { err, type Result } from "@/shared/result.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { AuditEntryRow } from "@/web/store/access/audit.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { findMemo } from "@/web/store/payments/memos.ts";
import { findPayment } from "@/web/store/payments/payments.ts";
import { findRefund } from "@/web/store/payments/refunds.ts";
import { lockSite } from "@/web/store/network/sites.ts";
import { lockSubscriber, lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { lockPlan } from "@/web/store/billing/plans.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { excludeFromRun, includeInRun } from "../cuts/exclude_from_run.ts";
import { endHold, holdSubscription, shortenHold } from "../cuts/hold_subscription.ts";
import { findRememberedContact } from "../subscribers/remembered_contact.ts";
import { renameSite } from "../network/rename_site.ts";
import { reversePayment } from "../payments/reverse_payment.ts";
import { reverseRefund } from "../payments/reverse_refund.ts";
import { voidMemo } from "../payments/void_memo.ts";
import { voidBill } from "../billing/void_bill.ts";
import { restorePlan } from "../billing/save_plan.ts";
import { type ManualReason, resumeSubscription, suspendSubscription } from "../cuts/suspend_subscription.ts";
import {
  lockBulk,
  undoBulkBillDays,
  undoBulkEndHold,
  undoBulkExclude,
  undoBulkHold,
  undoBulkNever,
  undoBulkPlan,
} from "./undo_bulk.ts";
import { cancelPayerChange, undoPayerChange } from "../billing/payer_days.ts";
import { reopenDays } from "../billing/decide_days.ts";
import { agreeRules, rulesKept } from "../billing/agree_rules.ts";
import { undoMend } from "./undo_mend.ts";
import { undoAgreedPrice, undoEndedPrice } from "./undo_own_price.ts";
import { takeBackEnd } from "../subscribers/plan_end.ts";
import { updateSubscriber } from "../subscribers/update_subscriber.ts";

/** How one kind of action is taken back. */
export interface Undoable {
  /** For what it does, which is not always what was done: a payment is reversed. */
  permission: Permission;
  /** Texts that the entry must have kept. */
  needs?: readonly string[];
  /** Whether this entry is of the kind that can be taken back. @default always */
  fits?(details: Readonly<Record<string, unknown>>): boolean;
  /** Takes the lock that every writer of the subject takes first. */
  lock(trx: TenantTransaction, subjectId: string): Promise<unknown>;
  run(
    context: ServiceContext,
    tenantId: string,
    actor: Actor,
    entry: AuditEntryRow,
  ): Promise<Result<unknown, string>>;
}

const lockConnection = (trx: TenantTransaction, id: string) => lockSubscribersOf(trx, [id]);

/** Kept texts of an entry. */
function textsOf(entry: AuditEntryRow): Record<string, string> {
  return entry.details as Record<string, string>;
}

function dateOf(entry: AuditEntryRow, name: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(textsOf(entry)[name] ?? "");
}

async function lockMemo(trx: TenantTransaction, memoId: string): Promise<void> {
  const memo = await findMemo(trx, memoId);
  if (memo !== null) await lockSubscriber(trx, memo.subscriber_id);
}

const undoMemo: Undoable["run"] = (context, tenantId, actor, { subject_id: memoId }) =>
  voidMemo(context, tenantId, actor, { memoId, reason: formatCoded(coded("reason_posted_by_mistake")) });

const undoEnd: Undoable["run"] = (context, tenantId, actor, { subject_id: subscriptionId }) =>
  takeBackEnd(context, tenantId, actor, { subscriptionId });

function ownPrice(undo: typeof undoAgreedPrice): Undoable {
  return {
    permission: "plan:write",
    needs: ["price_id", "before"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      undo(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        priceId: textsOf(entry).price_id ?? "",
        before: textsOf(entry).before ?? "[]",
      }),
  };
}

function changedSome({ changed }: Readonly<Record<string, unknown>>): boolean {
  return typeof changed === "number" && changed > 0;
}

/** Reversible actions by the name of their audit entry. What is not here is confirmed before it happens instead. */
export const UNDOABLE: Readonly<Record<string, Undoable>> = {
  "subscription.held": {
    permission: "hold:write",
    lock: lockConnection,
    run: (context, tenantId, actor, { subject_id: subscriptionId }) =>
      endHold(context, tenantId, actor, { subscriptionId }),
  },
  "subscription.hold_extended": {
    permission: "hold:write",
    needs: ["before"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      shortenHold(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        untilOn: dateOf(entry, "before"),
      }),
  },
  "subscription.hold_ended": {
    permission: "hold:write",
    needs: ["until_on", "reason"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      holdSubscription(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        untilOn: dateOf(entry, "until_on"),
        reason: textsOf(entry).reason ?? "",
      }),
  },
  "subscription.excluded": {
    permission: "hold:write",
    needs: ["business_on"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      includeInRun(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        businessOn: dateOf(entry, "business_on"),
        onlyExclusion: true,
      }),
  },
  "subscription.included": {
    permission: "hold:write",
    needs: ["business_on", "reason"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      excludeFromRun(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        businessOn: dateOf(entry, "business_on"),
        reason: textsOf(entry).reason ?? "",
      }),
  },
  "bulk.hold": {
    permission: "hold:write",
    needs: ["until_on"],
    fits: changedSome,
    lock: lockBulk,
    run: undoBulkHold,
  },
  "bulk.end_hold": { permission: "hold:write", fits: changedSome, lock: lockBulk, run: undoBulkEndHold },
  "bulk.exclude": {
    permission: "hold:write",
    needs: ["business_on"],
    fits: changedSome,
    lock: lockBulk,
    run: undoBulkExclude,
  },
  "bulk.change_plan": {
    permission: "subscriber:write",
    fits: changedSome,
    lock: lockBulk,
    run: undoBulkPlan,
  },
  "bulk.never_bill": { permission: "bill_run:run", fits: changedSome, lock: lockBulk, run: undoBulkNever },
  "bulk.bill_days": { permission: "bill_run:run", fits: changedSome, lock: lockBulk, run: undoBulkBillDays },
  "subscription.days_never": {
    permission: "bill_run:run",
    needs: ["starts"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      reopenDays(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        starts: textsOf(entry).starts ?? "",
        was: "never",
      }),
  },
  "subscription.days_to_bill": {
    permission: "bill_run:run",
    needs: ["starts"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      reopenDays(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        starts: textsOf(entry).starts ?? "",
        was: "to_bill_again",
      }),
  },
  "subscription.end_planned": { permission: "bill:void", lock: lockConnection, run: undoEnd },
  "subscription.end_asked": { permission: "bill:void", lock: lockConnection, run: undoEnd },
  "subscription.rules_agreed": {
    permission: "subscriber:write",
    needs: ["before"],
    // A word about days that are off counts from its day on: what was before that day does not come back.
    fits: ({ before, own_suspended_policy: policy }) =>
      typeof before === "string" && rulesKept(before).rules.suspendedPolicy === policy,
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      agreeRules(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        ...rulesKept(textsOf(entry).before ?? ""),
      }),
  },
  "subscription.suspended": {
    permission: "subscription:suspend",
    needs: ["reason"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      resumeSubscription(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        reason: textsOf(entry).reason as ManualReason,
      }),
  },
  "subscription.resumed": {
    permission: "subscription:suspend",
    needs: ["reason", "note"],
    // An imported reason cannot be set by hand, and its billing has begun with the reconnection.
    fits: ({ reason }) => reason === "admin" || reason === "abuse" || reason === "vacation",
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      suspendSubscription(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        reason: textsOf(entry).reason as ManualReason,
        note: textsOf(entry).note || formatCoded(coded("reason_put_back")),
      }),
  },
  "subscription.own_price_agreed": ownPrice(undoAgreedPrice),
  "subscription.own_price_ended": ownPrice(undoEndedPrice),
  "subscription.own_price_taken_back": ownPrice(undoEndedPrice),
  "subscription.mended": { permission: "bill_run:run", needs: ["what"], lock: lockConnection, run: undoMend },
  "subscription.payer_changed": {
    permission: "subscriber:write",
    needs: ["change_id"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      undoPayerChange(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        changeId: textsOf(entry).change_id ?? "",
      }),
  },
  "subscription.payer_planned": {
    permission: "subscriber:write",
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      cancelPayerChange(context, tenantId, actor, { subscriptionId: entry.subject_id }),
  },
  "subscriber.updated": {
    permission: "subscriber:write",
    lock: lockSubscriber,
    run: async (context, tenantId, actor, { subject_id: subscriberId }) => {
      const staffUserId = staffIdOf(actor) ?? "";
      const fields = await withTenant(
        context.db,
        tenantId,
        (trx) => findRememberedContact(trx, staffUserId, subscriberId),
        { readOnly: true },
      );
      if (fields === null) return err("contact_not_kept");
      return await updateSubscriber(context, tenantId, actor, { subscriberId, ...fields });
    },
  },
  "payment.recorded": {
    permission: "payment:reverse",
    lock: async (trx, paymentId) => {
      const payment = await findPayment(trx, paymentId);
      if (payment !== null) await lockSubscriber(trx, payment.subscriber_id);
    },
    run: (context, tenantId, actor, { subject_id: paymentId }) =>
      reversePayment(context, tenantId, actor, {
        paymentId,
        reason: formatCoded(coded("reason_posted_by_mistake")),
      }),
  },
  "bill.charged": {
    permission: "bill:void",
    lock: async (trx, billId) => {
      const bill = await findBill(trx, billId);
      if (bill !== null) await lockSubscriber(trx, bill.subscriber_id);
    },
    run: (context, tenantId, actor, { subject_id: billId }) =>
      voidBill(context, tenantId, actor, {
        billId,
        reason: formatCoded(coded("reason_posted_by_mistake")),
      }),
  },
  "memo.issued": { permission: "memo:post", lock: lockMemo, run: undoMemo },
  "memo.written_off": { permission: "memo:write_off", lock: lockMemo, run: undoMemo },
  "refund.posted": {
    permission: "refund:post",
    lock: async (trx, refundId) => {
      const refund = await findRefund(trx, refundId);
      if (refund !== null) await lockSubscriber(trx, refund.subscriber_id);
    },
    run: (context, tenantId, actor, { subject_id: refundId }) =>
      reverseRefund(context, tenantId, actor, {
        refundId,
        reason: formatCoded(coded("reason_posted_by_mistake")),
      }),
  },
  "site.renamed": {
    permission: "site:write",
    needs: ["before"],
    lock: lockSite,
    run: (context, tenantId, actor, entry) =>
      renameSite(context, tenantId, actor, {
        siteId: entry.subject_id,
        name: textsOf(entry).before ?? "",
      }),
  },
  "plan.archived": {
    permission: "plan:write",
    lock: lockPlan,
    run: (context, tenantId, actor, { subject_id: planId }) =>
      restorePlan(context, tenantId, actor, { planId }),
  },
};
