import { isBefore, later } from "@/shared/calendar/mod.ts";
import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { type Centavos, centavos, ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { graceAfterDispute } from "@/web/domain/billing/mod.ts";
import { type BillRow, findBill, lockBill, updateBillDisputed } from "@/web/store/billing/bills.ts";
import {
  type DisputeRow,
  insertDispute,
  listDisputesOf,
  updateDisputeDecided,
} from "@/web/store/billing/disputes.ts";
import { findLateFeeOf, updateLookAgain } from "@/web/store/billing/late_fees.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { sumMemosOfBill } from "@/web/store/payments/memos.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { issueMemoIn } from "../payments/issue_memo.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Why a dispute is not opened. */
export type DisputeBillCode =
  | "bill_not_found"
  | "bill_not_disputable"
  | "already_disputed"
  | "dispute_amount_out_of_range"
  | "reason_required"
  | "reason_too_long";

/**
 * Opens a dispute of a bill or of a part of it. What is disputed stays owed and is the part of the bill that is paid last;
 * it counts for no cut until a person has decided, and whoever is cut for it alone is back at once (rule R2).
 */
export async function disputeBill(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: {
    billId: string;
    /** Null: the whole bill. */
    amountCentavos: Centavos | null;
    reason: string;
  },
): Promise<Result<{ decideByOn: Temporal.PlainDate; restored: string[] }, DisputeBillCode>> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, tenant, at, booking, business: { today } } = useCase;
    const bill = await lockBillOf(useCase, input.billId);
    if (bill === null) return err("bill_not_found");
    const number = bill.number ?? "";
    if (bill.status !== "issued" || bill.paid_centavos >= bill.total_centavos) {
      return err("bill_not_disputable", { number });
    }
    if ((await findOpen(useCase, bill.id)) !== undefined) return err("already_disputed", { number });
    const total = centavos(bill.total_centavos);
    const amount = input.amountCentavos ?? total;
    if (amount <= 0n || amount > total) return err("dispute_amount_out_of_range", { max: total });
    const decideByOn = today.add({ days: tenant.dispute_days });
    await insertDispute(trx, {
      id: uuidv7(at.epochMilliseconds),
      bill_id: bill.id,
      amount_centavos: amount,
      reason: reason.value,
      opened_on: today,
      opened_at: at,
      opened_by: actor.label,
      decide_by_on: decideByOn,
    });
    await updateBillDisputed(trx, bill.id, { disputed_centavos: amount });
    const restored = await restoreService(trx, tenant, bill.subscriber_id, booking);
    useCase.touchRouters(restored.routerIds);
    useCase.live(["money", "tonight"]);
    await recordAudit(trx, actor, {
      action: "bill.disputed",
      subjectKind: "bill",
      subjectId: bill.id,
      subscriberId: bill.subscriber_id,
      summary: coded("audit_dispute_opened", { number, amount, by: decideByOn, reason: reason.value }),
      details: { restored: restored.subscriptionIds },
      at,
      businessOn: today,
    });
    return ok({ decideByOn, restored: restored.subscriptionIds });
  });
}

/** What a person decided of a dispute. */
export type DisputeDecision = "upheld" | "rejected" | "withdrawn";

/** What a decision left behind. */
export interface DecidedDispute {
  /** Last day of grace for what stays owed. */
  graceUntilOn: Temporal.PlainDate;
  /** Null: nothing was given back. */
  memoId: string | null;
}

/** Why a dispute is not decided. */
export type DecideDisputeCode = "bill_not_found" | "dispute_over" | "reason_required" | "reason_too_long";

/**
 * Ends the dispute of a bill. One that is upheld gets a credit memo of what was disputed, less what memos gave back of the
 * bill already: it pays the bill, and what is over is credit. What stays owed counts again after a grace from today, so that nobody is cut on the day on which
 * they are told.
 */
export async function decideDispute(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { billId: string; decision: DisputeDecision; note: string },
): Promise<Result<DecidedDispute, DecideDisputeCode>> {
  const note = checkReason(input.note);
  if (!note.ok) return note;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, tenant, at, booking, business: { today } } = useCase;
    const bill = await lockBillOf(useCase, input.billId);
    if (bill === null || bill.due_on === null) return err("bill_not_found");
    const dispute = await findOpen(useCase, bill.id);
    if (dispute === undefined || bill.status !== "issued") return err("dispute_over");
    const { decision } = input;
    const disputed = centavos(dispute.amount_centavos);
    await updateDisputeDecided(trx, dispute.id, {
      decision,
      note: note.value,
      decided_on: today,
      decided_at: at,
      decided_by: actor.label,
    });
    const until = graceUntil(bill, useCase);
    const graceDays = bill.due_on.until(until, { largestUnit: "day" }).days;
    await updateBillDisputed(trx, bill.id, { disputed_centavos: 0n, grace_days: graceDays });
    await armLateFee(useCase, bill, { decision, until });
    // A line that is off for the part that nobody disputed owes nothing past grace any more (rule R2).
    const restored = await restoreService(trx, tenant, bill.subscriber_id, booking);
    useCase.touchRouters(restored.routerIds);
    const values = {
      number: bill.number ?? "",
      amount: disputed,
      until,
      note: note.value,
    };
    useCase.live(["money", "tonight"]);
    await recordAudit(trx, actor, {
      action: `bill.dispute_${decision}`,
      subjectKind: "bill",
      subjectId: bill.id,
      subscriberId: bill.subscriber_id,
      summary: coded(`audit_dispute_${decision}`, values),
      details: { dispute_id: dispute.id, grace_days: graceDays, restored: restored.subscriptionIds },
      at,
      businessOn: today,
    });
    return decision === "upheld"
      ? await giveBack(useCase, bill, { dispute, note: note.value, until })
      : ok({ graceUntilOn: until, memoId: null });
  });
}

/**
 * What stays owed costs a late fee again, not before the days that the decision leaves to pay it, and what came in while it
 * was disputed came in time: also for a posting that has fees looked at again much later. One that was charged stands. A
 * dispute that was won before the day of the fee changes nothing of that day.
 */
async function armLateFee(
  { trx, business: { today } }: UseCase,
  bill: BillRow,
  { decision, until }: { decision: DisputeDecision; until: Temporal.PlainDate },
): Promise<void> {
  const { late_fee_on: agreed } = bill;
  if (agreed === null || await findLateFeeOf(trx, bill.id) !== null) return;
  if (decision === "upheld" && isBefore(today, agreed)) return;
  const after = [today, until].reduce(later).add({ days: 1 });
  await updateLookAgain(trx, bill.id, later(agreed, after));
}

/** The memo of a dispute that was upheld; a memo that was given meanwhile counts for it. */
async function giveBack(
  useCase: UseCase,
  bill: BillRow,
  { dispute, note, until }: { dispute: DisputeRow; note: string; until: Temporal.PlainDate },
): Promise<Result<DecidedDispute, DecideDisputeCode>> {
  const amount = await amountUpheld(useCase.trx, bill, dispute);
  if (amount === ZERO) return ok({ graceUntilOn: until, memoId: null });
  const memo = await issueMemoIn(useCase, {
    subscriberId: bill.subscriber_id,
    kind: "correction",
    reason: note,
    amountCentavos: amount,
    billId: bill.id,
    idempotencyKey: `dispute-${dispute.id}`,
  });
  if (!memo.ok) throw new Error(`Cannot give back what was disputed: ${memo.code}`);
  return ok({ graceUntilOn: until, memoId: memo.value.memoId });
}

/** What an upheld dispute still gives back: memos since it was opened count for it, and no bill is given back above its total. */
export async function amountUpheld(
  trx: TenantTransaction,
  bill: Pick<BillRow, "id" | "total_centavos">,
  dispute: Pick<DisputeRow, "amount_centavos" | "opened_at">,
): Promise<Centavos> {
  const open = dispute.amount_centavos - await sumMemosOfBill(trx, bill.id, dispute.opened_at);
  const left = bill.total_centavos - await sumMemosOfBill(trx, bill.id);
  const least = open < left ? open : left;
  return least > 0n ? centavos(least) : ZERO;
}

/** The last day of grace if a dispute of the bill were decided today. A paid bill has nothing to wait for: its grace stays. */
export function graceUntil(
  bill: Pick<BillRow, "due_on" | "grace_days" | "paid_centavos" | "total_centavos">,
  { tenant, business: { today } }: Pick<UseCase, "tenant"> & { business: Pick<UseCase["business"], "today"> },
): Temporal.PlainDate {
  if (bill.due_on === null) throw new TypeError("Cannot end a dispute: the bill is a draft");
  const facts = { dueOn: bill.due_on, graceDays: bill.grace_days };
  const rules = { graceDays: tenant.grace_days, minNoticeDays: tenant.min_notice_days };
  const isPaid = bill.paid_centavos >= bill.total_centavos;
  return bill.due_on.add({ days: isPaid ? bill.grace_days : graceAfterDispute(facts, rules, today) });
}

/** The bill behind the lock of its subscriber, which payments and runs take too. */
async function lockBillOf({ trx }: UseCase, billId: string): Promise<BillRow | null> {
  const seen = await findBill(trx, billId);
  if (seen === null) return null;
  await lockSubscriber(trx, seen.subscriber_id);
  return await lockBill(trx, billId);
}

async function findOpen({ trx }: UseCase, billId: string) {
  return (await listDisputesOf(trx, billId)).find((dispute) => dispute.decision === null);
}
