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

/** Locks the subscriber of what was posted; what is not there locks nobody. */
function lockOwnerOf(
  find: (trx: TenantTransaction, id: string) => Promise<{ subscriber_id: string } | null>,
): Undoable["lock"] {
  return async (trx, id) => {
    const posted = await find(trx, id);
    if (posted !== null) await lockSubscriber(trx, posted.subscriber_id);
  };
}

const byMistake = () => formatCoded(coded("reason_posted_by_mistake"));

const MEMO: Pick<Undoable, "lock" | "run"> = {
  lock: lockOwnerOf(findMemo),
  run: (context, tenantId, actor, { subject_id: memoId }) =>
    voidMemo(context, tenantId, actor, { memoId, reason: byMistake() }),
};

/** What was posted by mistake. */
export const UNDOABLE_OF_BOOKS: Readonly<Record<string, Undoable>> = {
  "payment.recorded": {
    permission: "payment:reverse",
    lock: lockOwnerOf(findPayment),
    run: (context, tenantId, actor, { subject_id: paymentId }) =>
      reversePayment(context, tenantId, actor, { paymentId, reason: byMistake() }),
  },
  "bill.charged": {
    permission: "bill:void",
    lock: lockOwnerOf(findBill),
    run: (context, tenantId, actor, { subject_id: billId }) =>
      voidBill(context, tenantId, actor, { billId, reason: byMistake() }),
  },
  "memo.issued": { permission: "memo:post", ...MEMO },
  "memo.written_off": { permission: "memo:write_off", ...MEMO },
  "refund.posted": {
    permission: "refund:post",
    lock: lockOwnerOf(findRefund),
    run: (context, tenantId, actor, { subject_id: refundId }) =>
      reverseRefund(context, tenantId, actor, { refundId, reason: byMistake() }),
  },
};
