import { isBefore, later } from "@/shared/calendar/mod.ts";
import { coded, formatCoded, periodValue } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, ZERO } from "@/shared/money/mod.ts";
import { splitUnused } from "@/web/domain/billing/mod.ts";
import { correctionOf } from "@/web/domain/payments/mod.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { hasDaysGivenBack } from "@/web/store/billing/charged_periods.ts";
import {
  type BilledAheadRow,
  listBilledAhead,
  takePeriodsOut,
  updatePeriodsCut,
} from "@/web/store/billing/mode_changes.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { giveMemo } from "../payments/give_memo.ts";
import type { UseCase } from "../use_case.ts";
import { backWithVat, type GivenBack } from "./back_with_vat.ts";
import { unusedOf } from "./review_end.ts";
import { toCorrected } from "./take_bill_back.ts";
import { refuseGivenBack, voidNow } from "./void_bill.ts";

/** Unused days of one billed period. */
export interface GivenBackDays extends GivenBack {
  start: Temporal.PlainDate;
  end: Temporal.PlainDate;
}

/** A bill of nothing but days that nobody will use and nobody has paid. */
export interface VoidedAhead {
  billId: string;
  number: string;
  totalCentavos: Centavos;
}

/** What becomes of the days behind a change to prepaid that are charged already. */
export interface DaysAhead {
  /** Paid without a break: they stay. */
  kept: readonly { start: Temporal.PlainDate; end: Temporal.PlainDate }[];
  /** First days of periods that have not begun and do not stay. */
  takenOut: readonly Temporal.PlainDate[];
  /** The period that runs ends with the change. */
  isCut: boolean;
  /** Billing rule 9: nobody has paid them. */
  voids: readonly VoidedAhead[];
  /** By memo, each on the bill that charged it. */
  givenBack: readonly GivenBackDays[];
}

interface Ahead {
  row: BilledAheadRow;
  isPaid: boolean;
  start: Temporal.PlainDate;
  end: Temporal.PlainDate;
}

/** Reads it, for a change that makes `on` the first prepaid day. */
export async function readDaysAhead(
  trx: TenantTransaction,
  subscriptionId: string,
  { on, unused, before = [], isToCome = false }: {
    on: Temporal.PlainDate;
    unused: "coverage" | "credit";
    /** What else is given back at the same time. @default nothing */
    before?: readonly GivenBack[];
    /** The change is planned: only periods that begin with it or behind it. @default false */
    isToCome?: boolean;
  },
): Promise<DaysAhead> {
  const ahead: Ahead[] = (await listBilledAhead(trx, subscriptionId, on)).map((row) => ({
    row,
    isPaid: row.is_paid,
    start: later(row.period_start, on),
    end: row.period_end,
  }));
  const split = splitUnused(ahead, unused);
  const isWhole = ({ row }: Ahead) => !isBefore(row.period_start, on);
  const back = split.givenBack.filter((one) => !isToCome || isWhole(one));
  const whole = back.filter(isWhole);
  const voids = await listVoids(trx, whole);
  const byMemo = back.filter(({ row }) => !voids.some(({ billId }) => billId === row.bill_id));
  return {
    kept: split.kept.map(({ start, end }) => ({ start, end })),
    takenOut: whole.map(({ row }) => row.period_start),
    isCut: back.length > whole.length,
    voids,
    givenBack: await priceDays(trx, byMemo, before),
  };
}

/** A bill is voided where it asks for these days and for nothing else; of any other they come back by memo. */
async function listVoids(trx: TenantTransaction, whole: readonly Ahead[]): Promise<VoidedAhead[]> {
  const voids: VoidedAhead[] = [];
  for (const billId of new Set(whole.map(({ row }) => row.bill_id))) {
    const bill = billId === null ? null : await findBill(trx, billId);
    if (bill === null || bill.disputed_centavos > 0n) continue;
    const isOnlyThese = bill.lines.every((line) =>
      line.kind === "recurring" && line.amount_centavos >= 0n &&
      whole.some(({ row }) => row.bill_id === bill.id && row.period_start.equals(line.period_start))
    );
    const isVoidable = isOnlyThese && correctionOf(toCorrected(bill)).kind === "void" &&
      await refuseGivenBack(trx, bill) === null && !await hasDaysGivenBack(trx, bill.id);
    if (!isVoidable) continue;
    voids.push({
      billId: bill.id,
      number: bill.number ?? "",
      totalCentavos: centavos(bill.total_centavos),
    });
  }
  return voids;
}

async function priceDays(
  trx: TenantTransaction,
  days: readonly Ahead[],
  before: readonly GivenBack[],
): Promise<GivenBackDays[]> {
  const back: GivenBackDays[] = [];
  for (const { row, start, end } of days) {
    // To be billed again: nobody is asked for them.
    if (row.bill_id === null) continue;
    const priced = { billId: row.bill_id, pricedCentavos: unusedOf(row, start.subtract({ days: 1 })) };
    const parts = await backWithVat(trx, [priced], [...before, ...back]);
    back.push(...parts.map((part) => ({ ...part, start, end })));
  }
  return back;
}

/** Voids the bills and frees the days, which may be sold or billed anew. The subscriber is locked by the caller. */
export async function freeDaysAhead(
  useCase: UseCase,
  subscription: SubscriptionRow,
  { takenOut, isCut, voids }: DaysAhead,
  on: Temporal.PlainDate,
): Promise<void> {
  const { trx, at } = useCase;
  for (const { billId } of voids) {
    const reason = formatCoded(coded("reason_mode_changed"));
    const voided = await voidNow(useCase, { billId, reason, periods: "bill_again" });
    if (!voided.ok) throw new Error(`Cannot void ${billId}: ${voided.code}`);
  }
  if (takenOut.length > 0) await takePeriodsOut(trx, subscription.id, takenOut, at);
  if (isCut) await updatePeriodsCut(trx, subscription.id, on);
}

/** A memo for each bill of which days are not used: it pays that bill first. */
export async function giveDaysBack(
  useCase: UseCase,
  { subscriber_id: subscriberId, id: subscriptionId }: SubscriptionRow,
  { givenBack }: DaysAhead,
  planName: string,
): Promise<void> {
  for (const { billId, start, end, amountCentavos } of givenBack) {
    if (amountCentavos === ZERO) continue;
    const reason = coded("memo_mode_changed", { plan: planName, period: periodValue(start, end) });
    const whose = { subscriberId, subscriptionId };
    await giveMemo(useCase, { ...whose, kind: "correction", reason, amountCentavos, billId });
  }
}
