import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos, sum } from "@/shared/money/mod.ts";
import {
  applyCredit,
  type BillShare,
  type CreditShare,
  legsOfAllocation,
  legsOfRelease,
  type LineShare,
  type OpenBalance,
  type OpenLine,
  splitOverLines,
} from "@/web/domain/payments/mod.ts";
import {
  type AllocationRow,
  insertAllocations,
  updateAllocationsReleased,
} from "@/web/store/payments/allocations.ts";
import { listOpenBills, type OpenBillRow } from "@/web/store/billing/bills.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { listCreditSources } from "@/web/store/payments/credit_sources.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** When something is booked, and by whom. */
export interface Booking {
  /** Real time. */
  at: Temporal.Instant;
  /** Business date. */
  businessOn: Temporal.PlainDate;
  actor: string;
  /** Takes in what comes back, where the confirmation of a payment tells it. Left out: each is told by itself. */
  restored?: string[];
}

/** A share that is booked, and whose it is. */
export interface BookedShare extends CreditShare {
  subscriberId: string;
}

/** A bill as the rules of allocation see it. */
export function toOpenBalance(bill: OpenBillRow): OpenBalance {
  return {
    billId: bill.id,
    dueOn: bill.due_on,
    periodStart: bill.period_start,
    number: bill.number,
    balanceCentavos: centavos(bill.balance_centavos),
    isFee: bill.is_late_fee,
  };
}

/** The lines of an open bill as the rules of allocation see them. */
export function toOpenLines(bill: OpenBillRow): OpenLine[] {
  return bill.lines.map((line) => ({
    lineNo: line.line_no,
    kind: line.kind,
    periodStart: Temporal.PlainDate.from(line.period_start),
    openCentavos: centavos(line.open_centavos),
  }));
}

/**
 * Writes shares of open bills: allocations down to the lines, what is used, paid and settled by them, and one ledger
 * transaction each.
 *
 * @param openBills as they stood before the shares
 * @returns those of them that are still open after the shares
 */
export async function bookShares(
  trx: TenantTransaction,
  shares: readonly BookedShare[],
  openBills: readonly OpenBillRow[],
  booking: Booking,
): Promise<OpenBillRow[]> {
  const nowMs = booking.at.epochMilliseconds;
  const bills = new Map(openBills.map((bill) => [bill.id, bill]));
  const split = splitShares(shares, openBills);
  await insertAllocations(
    trx,
    split.flatMap((share) =>
      share.lines.map((part) => ({
        id: uuidv7(nowMs),
        source_id: share.sourceId,
        bill_id: share.billId,
        line_no: part.lineNo,
        amount_centavos: part.amountCentavos,
        created_at: booking.at,
      }))
    ),
  );
  await insertLedgerTransactions(
    trx,
    shares.map((share) => ({
      id: uuidv7(nowMs),
      kind: "credit_applied",
      business_on: booking.businessOn,
      recorded_at: booking.at,
      bill_id: share.billId,
      source_id: share.sourceId,
      description: formatCoded(
        coded("ledger_credit_applied", { number: bills.get(share.billId)?.number ?? "" }),
      ),
      actor: booking.actor,
      legs: legsOfAllocation(share),
    })),
  );
  return stillOpen(openBills, split);
}

/** Shares with the lines of their bills that they settle. */
export function splitShares<Share extends BillShare>(
  shares: readonly Share[],
  openBills: readonly OpenBillRow[],
): (Share & { lines: LineShare[] })[] {
  const bills = new Map(openBills.map((bill) => [bill.id, bill]));
  return [...Map.groupBy(shares, (share) => share.billId)].flatMap(([billId, own]) => {
    const bill = bills.get(billId);
    if (bill === undefined) throw new Error(`Cannot split a share: bill ${billId} is not open`);
    return splitOverLines(own, toOpenLines(bill));
  });
}

/** Bills as they stand after shares; those that are paid up are left out. */
export function stillOpen(
  openBills: readonly OpenBillRow[],
  shares: readonly (BillShare & { lines: readonly LineShare[] })[],
): OpenBillRow[] {
  const sharesOf = Map.groupBy(shares, (share) => share.billId);
  return openBills.map((bill) => {
    const own = sharesOf.get(bill.id) ?? [];
    const parts = own.flatMap((share) => share.lines);
    const settled = (lineNo: number) =>
      sum(parts.filter((part) => part.lineNo === lineNo).map((part) => part.amountCentavos));
    return {
      ...bill,
      balance_centavos: bill.balance_centavos - sum(own.map((share) => share.amountCentavos)),
      lines: bill.lines.map((line) => ({
        ...line,
        open_centavos: (BigInt(line.open_centavos) - settled(line.line_no)).toString(),
      })).filter((line) => line.open_centavos !== "0"),
    };
  }).filter((bill) => bill.balance_centavos > 0n);
}

/** Takes shares back: their bills are owed again, and the money is the subscriber's credit. */
export async function releaseShares(
  trx: TenantTransaction,
  subscriberId: string,
  shares: readonly AllocationRow[],
  booking: Booking,
): Promise<void> {
  await updateAllocationsReleased(trx, shares, booking.at);
  await insertLedgerTransactions(
    trx,
    shares.map((share) => ({
      id: uuidv7(booking.at.epochMilliseconds),
      kind: "credit_released",
      business_on: booking.businessOn,
      recorded_at: booking.at,
      bill_id: share.bill_id,
      source_id: share.source_id,
      description: formatCoded(coded("ledger_credit_released", { number: share.bill_number ?? "" })),
      actor: booking.actor,
      legs: legsOfRelease({ subscriberId, amountCentavos: centavos(share.amount_centavos) }),
    })),
  );
}

/**
 * Spends idle credit of subscribers on their open bills, the oldest source first (billing rule 8, invariant d). The
 * subscribers are locked by the caller.
 */
export async function applyIdleCredit(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
  booking: Booking,
): Promise<BookedShare[]> {
  const sources = await listCreditSources(trx, subscriberIds);
  if (sources.length === 0) return [];
  const withCredit = [...new Set(sources.map((source) => source.subscriber_id))];
  const openBills = await listOpenBills(trx, withCredit);
  const billsOf = Map.groupBy(openBills, (bill) => bill.subscriber_id);
  const shares: BookedShare[] = [];
  for (const [subscriberId, own] of Map.groupBy(sources, (source) => source.subscriber_id)) {
    const found = applyCredit({
      sources: own.map((source) => ({
        sourceId: source.source_id,
        availableCentavos: centavos(source.available_centavos),
      })),
      openBills: (billsOf.get(subscriberId) ?? []).map(toOpenBalance),
    });
    shares.push(...found.map((share) => ({ ...share, subscriberId })));
  }
  await bookShares(trx, shares, openBills, booking);
  return shares;
}
