import { parseCoded } from "@/shared/codes/mod.ts";
import { err, type Failure } from "@/shared/result.ts";
import type { BillDetail } from "@/web/store/billing/bills.ts";
import {
  clearRestSettled,
  isSettledAgain,
  listSettledPeriods,
  type PlanSettlement,
} from "@/web/store/billing/plan_settlements.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { MemoRow } from "@/web/store/payments/memos.ts";

/** The change of plan that a debit memo settled; null where it is none of one. */
export function settlementOfBill(bill: BillDetail): PlanSettlement | null {
  if (bill.kind !== "debit_memo") return null;
  const said = bill.lines.map((line) => parseCoded(line.description));
  if (!said.some((coded) => coded?.code === "line_plan_unused")) return null;
  const plan = said.findLast((coded) => coded?.code === "line_whole" || coded?.code === "line_part")?.values
    .plan;
  const days = bill.lines.map((line) => line.period_start).sort(Temporal.PlainDate.compare);
  const ends = bill.lines.map((line) => line.period_end).sort(Temporal.PlainDate.compare);
  const [fromOn, untilOn] = [days[0], ends.at(-1)];
  if (typeof plan !== "string" || fromOn === undefined || untilOn === undefined) return null;
  const { id, subscriber_id: subscriberId, subscription_id: subscriptionId } = bill;
  const settledOn = bill.issued_on ?? fromOn;
  return { id, subscriberId, subscriptionId, billId: null, plan, settledOn, fromOn, untilOn };
}

/** The change of plan that a credit memo settled; null where it is none of one. */
export function settlementOfMemo(memo: MemoRow): PlanSettlement | null {
  const said = parseCoded(memo.reason);
  if (said?.code !== "memo_plan_changed") return null;
  const { plan, on } = said.values;
  if (typeof plan !== "string" || !(on instanceof Temporal.PlainDate)) return null;
  const { id, subscriber_id: subscriberId, bill_id: billId, subscription_id: subscriptionId } = memo;
  return { id, subscriberId, subscriptionId, billId, plan, settledOn: on, fromOn: on, untilOn: null };
}

/**
 * Days whose settlement is taken back are paid by the plan that they were billed by again, so that the next change gives
 * back what was charged. Refused, before anything is written, where that cannot be told: the plan changed again, or the
 * service ended by the settled price.
 */
export async function takeBackSettlement(
  trx: TenantTransaction,
  settlement: PlanSettlement | null,
  number: string,
): Promise<Failure<"plan_settled_since"> | null> {
  if (settlement === null) return null;
  const rows = await listSettledPeriods(trx, settlement);
  const [first] = rows;
  if (first === undefined) return null;
  const isOne = rows.every((row) =>
    row.subscription_id === first.subscription_id && row.rest_plan_name === settlement.plan && !row.is_over
  );
  const own = { ...settlement, subscriptionId: first.subscription_id };
  if (!isOne || await isSettledAgain(trx, own, rows)) return err("plan_settled_since", { number });
  await clearRestSettled(trx, own);
  return null;
}
