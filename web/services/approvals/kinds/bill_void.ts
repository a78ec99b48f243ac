import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import type { VoidedBill } from "../../billing/take_bill_back.ts";
import {
  decideAfter,
  refuseGivenBack,
  refuseVoid,
  type VoidBillCode,
  voidByHandIn,
} from "../../billing/void_bill.ts";
import { checkReason } from "../../reason.ts";
import { type ApprovalKind, type ApprovalMoment, type ApprovalPreview, seenOf } from "../kind.ts";

const input = z.object({
  billId: z.uuid(),
  reason: z.string(),
  periods: z.enum(["bill_again", "never"]).optional(),
});

type Input = z.output<typeof input>;

/** Takes an issued bill back. */
export const billVoidKind: ApprovalKind<Input, VoidedBill, VoidBillCode> = {
  id: "bill_void",
  version: 1,
  input,
  askPermission: "bill:void",
  decide: { permission: "approval:decide", limit: "void_centavos" },
  hasAmount: true,
  isOnePerSubject: true,
  words: ({ reason, periods }) => [
    coded("approval_void_words", { periods: periods ?? "bill_again" }),
    coded("approval_in_books", { reason }),
  ],
  lock: async ({ trx }, { billId }) => {
    const bill = await findBill(trx, billId);
    if (bill !== null) await lockSubscribersOf(trx, [bill.subscription_id], [bill.subscriber_id]);
  },
  preview,
  execute: voidByHandIn,
};

async function preview(
  { trx }: ApprovalMoment,
  wanted: Input,
): Promise<Result<ApprovalPreview, VoidBillCode>> {
  const bill = await findBill(trx, wanted.billId);
  if (bill === null) return err("bill_not_found");
  const reason = checkReason(wanted.reason);
  if (!reason.ok) return reason;
  const number = bill.number ?? "";
  if (bill.status === "void") return err("already_void", { number });
  if (bill.status === "draft") return err("bill_is_draft");
  const refusal = refuseVoid(bill) ?? await refuseGivenBack(trx, bill);
  if (refusal !== null) return refusal;
  const after = await decideAfter(trx, bill, wanted.periods);
  if (!after.ok) return after;
  const [total, paid] = [centavos(bill.total_centavos), centavos(bill.paid_centavos)];
  return ok({
    subject: { kind: "bill", id: bill.id, label: `${bill.subscriber_name}, ${number}` },
    subscriberId: bill.subscriber_id,
    siteId: null,
    amountCentavos: total,
    effects: [
      coded("approval_void_owed", { number, amount: centavos(total - paid) }),
      ...(paid > ZERO ? [coded("approval_credit_rest", { amount: paid })] : []),
      coded("approval_void_after", { after: after.value }),
      coded("approval_router_stays"),
    ],
    seen: seenOf({ ...wanted, total, paid, after: after.value, subscriber: bill.subscriber_id }),
  });
}
