import { z } from "zod";
import { type Coded, coded } from "@/shared/codes/mod.ts";
import { centavos, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { DecideRule } from "@/web/domain/approvals/mod.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { findMemoByKey } from "@/web/store/payments/memos.ts";
import { findSubscriber, lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import {
  checkAmount,
  giveByHandIn,
  type IssuedMemo,
  type IssueMemoCode,
  refuseForBill,
} from "../../payments/issue_memo.ts";
import { previewPayment } from "../../payments/preview_payment.ts";
import { checkReason } from "../../reason.ts";
import type { UseCase } from "../../use_case.ts";
import {
  type ApprovalKind,
  type ApprovalMoment,
  type ApprovalPreview,
  frozenCentavos,
  seenOf,
} from "../kind.ts";

const common = {
  subscriberId: z.uuid(),
  reason: z.string(),
  amountCentavos: frozenCentavos,
  idempotencyKey: z.string(),
};
const writeOff = z.object({ ...common, kind: z.literal("write_off"), billId: z.uuid() });
const creditMemo = z.object({
  ...common,
  kind: z.enum(["goodwill", "outage", "correction", "other"]),
  billId: z.uuid().nullable(),
});

type Input = z.output<typeof writeOff> | z.output<typeof creditMemo>;

/** What both have in common. */
const memo = {
  version: 1,
  hasAmount: true,
  isOnePerSubject: true,
  words: ({ kind, amountCentavos, reason }: Input): Coded[] => [
    coded("approval_memo_words", { kind, amount: amountCentavos }),
    coded("approval_in_books", { reason }),
  ],
  lock: async ({ trx }: UseCase, { subscriberId }: Input) => void await lockSubscriber(trx, subscriberId),
  preview,
  execute: (useCase: UseCase, wanted: Input) => giveByHandIn(useCase, wanted),
};

/** Gives up what is owed on a bill. */
export const writeOffKind: ApprovalKind<z.output<typeof writeOff>, IssuedMemo, IssueMemoCode> = {
  ...memo,
  id: "write_off",
  input: writeOff,
  askPermission: "memo:write_off",
  decide: { permission: "approval:decide", limit: null } satisfies DecideRule,
};

/** Gives credit. */
export const creditMemoKind: ApprovalKind<z.output<typeof creditMemo>, IssuedMemo, IssueMemoCode> = {
  ...memo,
  id: "credit_memo",
  input: creditMemo,
  askPermission: "memo:post",
  decide: { permission: "approval:decide", limit: "credit_centavos" } satisfies DecideRule,
};

async function preview(
  { trx, tenant, today }: ApprovalMoment,
  wanted: Input,
): Promise<Result<ApprovalPreview, IssueMemoCode>> {
  const { subscriberId, amountCentavos, billId } = wanted;
  const subscriber = await findSubscriber(trx, subscriberId);
  if (subscriber === null) return err("subscriber_not_found");
  const reason = checkReason(wanted.reason);
  if (!reason.ok) return reason;
  const bill = billId === null ? null : await findBill(trx, billId);
  const about = {
    subject: bill === null
      ? { kind: "subscriber", id: subscriberId, label: subscriber.name }
      : { kind: "bill", id: bill.id, label: `${subscriber.name}, ${bill.number ?? ""}` },
    subscriberId,
    siteId: null,
    amountCentavos,
  };
  const first = await findMemoByKey(trx, wanted.idempotencyKey);
  if (first !== null) {
    const effects = [coded("approval_done_already", { number: first.number })];
    return ok({ ...about, effects, seen: seenOf({ ...wanted, done: first.id }) });
  }
  const wrong = checkAmount(amountCentavos) ?? await refuseForBill({ trx }, wanted, findBill);
  if (wrong !== null) return wrong;
  const given = { subscriberId, amountCentavos, targetBillId: billId ?? undefined };
  const { owedCentavos, bills, creditCentavos, restores } = await previewPayment(trx, tenant, today, given);
  const applied = sum(bills.map((one) => centavos(one.appliedCentavos)));
  const owed = subtract(owedCentavos, applied);
  return ok({
    ...about,
    effects: [
      ...(bill === null ? [] : [coded("approval_memo_bill", { number: bill.number ?? "" })]),
      coded("approval_owed_after", { before: owedCentavos, after: owed }),
      ...(creditCentavos > ZERO ? [coded("approval_credit_rest", { amount: creditCentavos })] : []),
      restores.length === 0
        ? coded("approval_router_stays")
        : coded("approval_back_on", { count: restores.length }),
    ],
    seen: seenOf({ ...wanted, owedCentavos, creditCentavos, restores }),
  });
}
