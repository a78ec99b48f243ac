import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findMemo } from "@/web/store/payments/memos.ts";
import { findPayment } from "@/web/store/payments/payments.ts";
import { findRefund } from "@/web/store/payments/refunds.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { voidBill } from "../billing/void_bill.ts";
import { reversePayment } from "../payments/reverse_payment.ts";
import { reverseRefund } from "../payments/reverse_refund.ts";
import { voidMemo } from "../payments/void_memo.ts";
import type { Undoable } from "./undo_entry.ts";

async function lockMemo(trx: TenantTransaction, memoId: string): Promise<void> {
  const memo = await findMemo(trx, memoId);
  if (memo !== null) await lockSubscriber(trx, memo.subscriber_id);
}

const undoMemo: Undoable["run"] = (context, tenantId, actor, { subject_id: memoId }) =>
  voidMemo(context, tenantId, actor, { memoId, reason: formatCoded(coded("reason_posted_by_mistake")) });

/** What was posted by mistake. */
export const UNDOABLE_OF_BOOKS: Readonly<Record<string, Undoable>> = {
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
};
