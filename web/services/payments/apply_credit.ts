import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import {
  applyCredit,
  type CreditShare,
  legsOfAllocation,
  legsOfRelease,
  type OpenBalance,
} from "@/web/domain/payments/mod.ts";
import {
  type AllocationRow,
  insertAllocations,
  updateAllocationsReleased,
} from "@/web/store/payments/allocations.ts";
import { listOpenBills, type OpenBillRow } from "@/web/store/billing/bills.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { listCreditSources } from "@/web/store/payments/payments.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** When something is booked, and by whom. */
export interface Booking {
  /** Real time. */
  at: Temporal.Instant;
  /** Business date. */
  businessOn: Temporal.PlainDate;
  actor: string;
}

/** A share with the number of the bill that it pays, for the books. */
export interface BookedShare extends CreditShare {
  subscriberId: string;
  billNumber: string;
}

/** A bill as the rules of allocation see it. */
export function toOpenBalance(bill: OpenBillRow): OpenBalance {
  return {
    billId: bill.id,
    dueOn: bill.due_on,
    periodStart: bill.period_start,
    number: bill.number,
    balanceCentavos: centavos(bill.balance_centavos),
  };
}

/** Writes shares: allocations, the paid amounts of the bills, and one ledger transaction each. */
export async function bookShares(
  trx: TenantTransaction,
  shares: readonly BookedShare[],
  booking: Booking,
): Promise<void> {
  const nowMs = booking.at.epochMilliseconds;
  await insertAllocations(
    trx,
    shares.map((share) => ({
      id: uuidv7(nowMs),
      payment_id: share.sourceId,
      bill_id: share.billId,
      amount_centavos: share.amountCentavos,
      created_at: booking.at,
    })),
  );
  await insertLedgerTransactions(
    trx,
    shares.map((share) => ({
      id: uuidv7(nowMs),
      kind: "credit_applied",
      business_on: booking.businessOn,
      recorded_at: booking.at,
      bill_id: share.billId,
      payment_id: share.sourceId,
      description: formatCoded(coded("ledger_credit_applied", { number: share.billNumber })),
      actor: booking.actor,
      legs: legsOfAllocation(share),
    })),
  );
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
      payment_id: share.payment_id,
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
  const numbers = new Map(openBills.map((bill) => [bill.id, bill.number]));
  const shares: BookedShare[] = [];
  for (const [subscriberId, own] of Map.groupBy(sources, (source) => source.subscriber_id)) {
    const found = applyCredit({
      sources: own.map((source) => ({
        sourceId: source.payment_id,
        availableCentavos: centavos(source.available_centavos),
      })),
      openBills: (billsOf.get(subscriberId) ?? []).map(toOpenBalance),
    });
    for (const share of found) {
      shares.push({ ...share, subscriberId, billNumber: numbers.get(share.billId) ?? share.billId });
    }
  }
  await bookShares(trx, shares, booking);
  return shares;
}
