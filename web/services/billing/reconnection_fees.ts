import { coded, parseCoded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import {
  type PlannedBill,
  type PlannedBillLine,
  type Reconnection,
  reconnectionFee,
} from "@/web/domain/billing/mod.ts";
import { isRestored } from "@/web/domain/cuts/mod.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import {
  listReconnections,
  type ReconnectionRow,
  updateReconnectionGivenBack,
} from "@/web/store/billing/reconnection_fees.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listMemosOfBill, sumMemosOfBill } from "@/web/store/payments/memos.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { giveMemo } from "../payments/give_memo.ts";
import type { UseCase } from "../use_case.ts";
import type { IssuedLine } from "./issue_bill.ts";

/** A fee that the next bill of its connection asks for. */
export interface WaitingReconnection {
  /** Of the cut. */
  id: string;
  cutOn: Temporal.PlainDate;
  backOn: Temporal.PlainDate;
  amountCentavos: Centavos;
}

/** What the next bills of connections ask for; none for a cut that was our fault, as far as the books know by now. */
export async function listWaitingReconnections(
  trx: TenantTransaction,
  tenant: TenantRow,
  subscriptionIds: readonly string[],
): Promise<Map<string, WaitingReconnection[]>> {
  const rows = await listReconnections(trx, { waiting: subscriptionIds });
  const due = rows.filter((row) => changeOf(row, tenant, ZERO) > ZERO);
  return Map.groupBy(
    due.map((row) => ({
      id: row.id,
      subscriptionId: row.subscription_id,
      cutOn: row.cut_on,
      backOn: row.back_on,
      amountCentavos: centavos(row.amount_centavos),
    })),
    (row) => row.subscriptionId,
  );
}

/** By what was owed past grace on the day of the cut: with less than the minimum it should not have been made. */
function changeOf(row: ReconnectionRow, tenant: TenantRow, chargedCentavos: Centavos): Centavos {
  const isOurFault = isRestored({
    bills: [{
      balanceCentavos: centavos(row.owed_centavos),
      dueOn: row.cut_on.subtract({ days: 1 }),
      graceDays: 0,
    }],
    minBalanceCentavos: centavos(tenant.min_balance_centavos),
    today: row.cut_on,
  });
  const reconnection: Reconnection = {
    cutOn: row.cut_on,
    feeCentavos: centavos(row.amount_centavos),
    chargedCentavos,
    receivedOn: isOurFault ? row.cut_on.subtract({ days: 1 }) : null,
  };
  return reconnectionFee(reconnection);
}

/** A bill with the fees that waited for it. On its last days: what is for service is paid before them (rule R21). */
export function withReconnections(bill: PlannedBill, waiting: readonly WaitingReconnection[]): PlannedBill {
  if (waiting.length === 0) return bill;
  const latest = bill.lines.map((line) => line.periodStart)
    .reduce((a, b) => Temporal.PlainDate.compare(a, b) >= 0 ? a : b, bill.periodStart);
  const fees = waiting.map(({ cutOn, backOn, amountCentavos }): PlannedBillLine => ({
    kind: "reconnection_fee",
    description: coded("line_reconnection", { cut: cutOn, back: backOn }),
    periodStart: latest,
    periodEnd: bill.periodEnd,
    days: 0,
    periodDays: 1,
    amountCentavos,
    terms: null,
  }));
  const total = sum([bill.totalCentavos, ...fees.map((fee) => fee.amountCentavos)]);
  return { ...bill, lines: [...bill.lines, ...fees], totalCentavos: total };
}

/** The same as lines of a last bill, behind the days that it is for. */
export function reconnectionLines(
  waiting: readonly WaitingReconnection[],
  days: readonly Pick<PlannedBillLine, "periodStart" | "periodEnd">[],
  today: Temporal.PlainDate,
): IssuedLine[] {
  const last = days.toSorted((a, b) => Temporal.PlainDate.compare(a.periodStart, b.periodStart)).at(-1);
  return waiting.map(({ cutOn, backOn, amountCentavos }) => ({
    kind: "reconnection_fee",
    description: coded("line_reconnection", { cut: cutOn, back: backOn }),
    periodStart: last?.periodStart ?? today,
    periodEnd: last?.periodEnd ?? today.add({ days: 1 }),
    amountCentavos,
    // Nobody is cut for a fee alone.
    subscriptionId: null,
  }));
}

/**
 * Gives back by a memo what bills asked for a cut that, as the books know now, should not have been made: the money was
 * there before it. The subscriber is locked by the caller.
 */
export async function settleReconnections(useCase: UseCase, subscriberId: string): Promise<void> {
  const { trx, tenant, at } = useCase;
  const waived = new Set<string>();
  for (const row of await listReconnections(trx, { billedTo: subscriberId })) {
    const change = changeOf(row, tenant, centavos(row.amount_centavos));
    if (change >= ZERO || row.bill_id === null) continue;
    const bill = await findBill(trx, row.bill_id);
    if (bill === null || bill.status !== "issued") continue;
    const line = bill.lines.find((one) =>
      one.kind === "reconnection_fee" && one.description.includes(row.cut_on.toString())
    );
    const waiver = line === undefined ? null : await findWaiver(trx, bill.id, line.amount_centavos, waived);
    if (waiver !== null) {
      // Not noted with the fee: a waiver that is taken back leaves the fee to be given back.
      waived.add(waiver);
      continue;
    }
    // With its tax, and never more than memos have left of the bill.
    const left = bill.total_centavos - await sumMemosOfBill(trx, bill.id);
    const amount = line === undefined || line.amount_centavos > left ? left : line.amount_centavos;
    if (!await updateReconnectionGivenBack(trx, row.id, at) || amount <= 0n) continue;
    await giveMemo(useCase, {
      subscriberId,
      kind: "correction",
      reason: coded("fee_back_cut", { cut: row.cut_on }),
      amountCentavos: centavos(amount),
      billId: bill.id,
    });
  }
}

/** A memo by which a person gave back just a fee of a bill, with its tax; each waives one. */
async function findWaiver(
  trx: TenantTransaction,
  billId: string,
  amountCentavos: bigint,
  used: ReadonlySet<string>,
): Promise<string | null> {
  const memos = await listMemosOfBill(trx, billId);
  // What follows from something else says so in words of the catalogue, and is for days.
  const waiver = memos.find((memo) =>
    memo.amount_centavos === amountCentavos && parseCoded(memo.reason) === null && !used.has(memo.id)
  );
  return waiver?.id ?? null;
}
