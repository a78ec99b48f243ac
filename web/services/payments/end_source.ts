import { type Coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { add, centavos, sum } from "@/shared/money/mod.ts";
import { allocatePayment } from "@/web/domain/payments/mod.ts";
import { listOpenBills } from "@/web/store/billing/bills.ts";
import { insertLedgerTransactions, type NewLedgerTransaction } from "@/web/store/billing/ledger.ts";
import {
  type AllocationRow,
  listLiveAllocations,
  listMemosOfBills,
} from "@/web/store/payments/allocations.ts";
import { updateCreditSourceEnded } from "@/web/store/payments/credit_sources.ts";
import { settleFees } from "../billing/late_fees.ts";
import { restoreService } from "../cuts/restore_service.ts";
import type { UseCase } from "../use_case.ts";
import { applyIdleCredit, bookShares, releaseShares, toOpenBalance } from "./apply_credit.ts";

/** A payment, a memo or opening credit that is taken back, and how the ledger says so. */
export interface EndedSource {
  id: string;
  subscriberId: string;
  posting: Pick<NewLedgerTransaction, "kind" | "legs"> & { description: Coded };
}

/**
 * Ends a source of credit: its shares leave the bills wherever they went, and other credit pays those where there is any.
 * Nobody is cut by this (rule R2); who comes back, does at once. The subscriber is locked by the caller, who has refused
 * what was refunded. Answers the shares that left.
 */
export async function endSource(
  useCase: UseCase,
  { id, subscriberId, posting }: EndedSource,
): Promise<readonly AllocationRow[]> {
  const { trx, tenant, at, booking, business } = useCase;
  const shares = await listLiveAllocations(trx, { sourceId: id });
  await releaseShares(trx, subscriberId, shares, booking);
  await updateCreditSourceEnded(trx, id, at);
  await insertLedgerTransactions(trx, [{
    ...posting,
    id: uuidv7(at.epochMilliseconds),
    business_on: business.today,
    recorded_at: at,
    bill_id: null,
    source_id: id,
    description: formatCoded(posting.description),
    actor: booking.actor,
  }]);
  await callMemosBack(useCase, subscriberId, [...new Set(shares.map((share) => share.bill_id))]);
  await applyIdleCredit(trx, [subscriberId], booking);
  await settleFees(useCase, subscriberId);
  const restored = await restoreService(trx, tenant, subscriberId, booking);
  useCase.touchRouters(restored.routerIds);
  return shares;
}

/**
 * A memo that was given to a bill that was paid went on to another one, or waits as credit. Where its bill is owed again all
 * of it is for that one first: nobody owes, pays late for, or is cut for what was taken off.
 */
async function callMemosBack(
  { trx, booking }: UseCase,
  subscriberId: string,
  billIds: readonly string[],
): Promise<void> {
  for (const memo of await listMemosOfBills(trx, billIds)) {
    const { source_id: sourceId, bill_id: targetBillId } = memo;
    const before = await listOpenBills(trx, [subscriberId]);
    if (!before.some((bill) => bill.id === targetBillId)) continue;
    const stray = (await listLiveAllocations(trx, { sourceId })).filter((share) =>
      share.bill_id !== targetBillId
    );
    const back = sum(stray.map((share) => centavos(share.amount_centavos)));
    const amountCentavos = add(back, centavos(memo.available_centavos));
    if (amountCentavos <= 0n) continue;
    await releaseShares(trx, subscriberId, stray, booking);
    const open = await listOpenBills(trx, [subscriberId]);
    const { allocations } = allocatePayment({
      amountCentavos,
      targetBillId,
      openBills: open.map(toOpenBalance),
    });
    await bookShares(trx, allocations.map((share) => ({ ...share, sourceId, subscriberId })), open, booking);
  }
}
