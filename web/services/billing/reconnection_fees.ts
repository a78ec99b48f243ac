import { coded, formatCoded, parseCoded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import {
  type PlannedBill,
  type PlannedBillLine,
  type Reconnection,
  reconnectionFee,
  waivedOfFees,
} from "@/web/domain/billing/mod.ts";
import { isRestored } from "@/web/domain/cuts/mod.ts";
import { type BillDetail, findBill } from "@/web/store/billing/bills.ts";
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
 * there before it. What a person has waived of the fee is not given back again. The subscriber is locked by the caller.
 */
export async function settleReconnections(useCase: UseCase, subscriberId: string): Promise<void> {
  const { trx, tenant } = useCase;
  const asked = await listReconnections(trx, { billedTo: subscriberId });
  for (const [billId, rows] of Map.groupBy(asked, (row) => row.bill_id)) {
    const isWrong = (row: ReconnectionRow) => changeOf(row, tenant, centavos(row.amount_centavos)) < ZERO;
    if (billId === null || !rows.some(isWrong)) continue;
    const bill = await findBill(trx, billId);
    if (bill === null || bill.status !== "issued") continue;
    for (const fee of await readFees(trx, bill, rows)) {
      if (isWrong(fee.row)) await giveFeeBack(useCase, bill, fee);
    }
  }
}

/** A fee that a bill asks for, with its tax, and what of it is not asked for any more. */
interface AskedFee {
  row: ReconnectionRow;
  amountCentavos: Centavos;
  /** By people. */
  waivedCentavos: Centavos;
  /** By the memos that follow from the cut; those that a person has voided since too. */
  givenCentavos: Centavos;
}

async function readFees(
  trx: TenantTransaction,
  bill: BillDetail,
  rows: readonly ReconnectionRow[],
): Promise<AskedFee[]> {
  const memos = await listMemosOfBill(trx, bill.id, { withVoided: true });
  const amounts = rows.map(({ cut_on: cutOn }) => {
    const line = bill.lines.find((one) =>
      one.kind === "reconnection_fee" && one.description.includes(cutOn.toString())
    );
    return centavos(line?.amount_centavos ?? bill.total_centavos);
  });
  // What follows from something else says so in words of the catalogue, and is for days.
  const byPeople = memos.filter((memo) => memo.voided_at === null && parseCoded(memo.reason) === null);
  const waived = waivedOfFees(amounts, byPeople.map((memo) => centavos(memo.amount_centavos)));
  return rows.map((row, i) => {
    const reason = formatCoded(coded("fee_back_cut", { cut: row.cut_on }));
    const given = memos.filter((memo) => memo.reason === reason);
    return {
      row,
      amountCentavos: amounts[i] ?? ZERO,
      waivedCentavos: waived[i] ?? ZERO,
      givenCentavos: sum(given.map((memo) => centavos(memo.amount_centavos))),
    };
  });
}

async function giveFeeBack(
  useCase: UseCase,
  bill: BillDetail,
  { row, amountCentavos, waivedCentavos, givenCentavos }: AskedFee,
): Promise<void> {
  const { trx, at } = useCase;
  // Never more than memos have left of the bill.
  const left = bill.total_centavos - await sumMemosOfBill(trx, bill.id);
  const asked = amountCentavos - waivedCentavos - givenCentavos;
  const amount = asked > left ? left : asked;
  // What was waived is not noted with the fee: taken back, it leaves that part to be given back.
  const isWhole = waivedCentavos === ZERO;
  if (isWhole && !await updateReconnectionGivenBack(trx, row.id, at) || amount <= 0n) return;
  await giveMemo(useCase, {
    subscriberId: bill.subscriber_id,
    kind: "correction",
    reason: coded("fee_back_cut", { cut: row.cut_on }),
    amountCentavos: centavos(amount),
    billId: bill.id,
  });
}
