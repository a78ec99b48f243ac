import { type Coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { insertLedgerTransactions, type NewLedgerTransaction } from "@/web/store/billing/ledger.ts";
import { type AllocationRow, listLiveAllocations } from "@/web/store/payments/allocations.ts";
import { updateCreditSourceEnded } from "@/web/store/payments/credit_sources.ts";
import { settleFees } from "../billing/late_fees.ts";
import { restoreService } from "../cuts/restore_service.ts";
import type { UseCase } from "../use_case.ts";
import { applyIdleCredit, releaseShares } from "./apply_credit.ts";

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
  await applyIdleCredit(trx, [subscriberId], booking);
  await settleFees(useCase, subscriberId);
  const restored = await restoreService(trx, tenant, subscriberId, booking);
  useCase.touchRouters(restored.routerIds);
  return shares;
}
