import { coverageOn } from "@/web/domain/billing/mod.ts";
import { insertReconnections } from "@/web/store/billing/reconnection_fees.ts";
import { listCoverage } from "@/web/store/billing/coverage.ts";
import { centavos } from "@/shared/money/mod.ts";
import { isRestored } from "@/web/domain/cuts/mod.ts";
import { listOpenBills, type OpenBillRow } from "@/web/store/billing/bills.ts";
import { listCutSubscriptionIds, updateBlockReasonsRemoved } from "@/web/store/cuts/block_reasons.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { Booking } from "../payments/apply_credit.ts";
import { ownDebt } from "./own_debt.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { mailsOfRestored } from "../mail/occasions.ts";
import { queueingOf, queueMail } from "../mail/queue_mail.ts";
import { resumeBilling } from "../billing/resume_billing.ts";

/** What a posting brought back. */
export interface Restored {
  subscriptionIds: string[];
  routerIds: string[];
}

/**
 * Removes the reason `nonpayment` wherever less than the minimum is still owed past grace (rule R2), or, of a connection
 * that is paid up front, where a paid bill covers the day, and moves the
 * desired state in the same transaction. Other reasons stay. The subscriber is locked by the caller.
 *
 * @param openBills what is still owed, where the caller knows it; otherwise it is read
 */
export async function restoreService(
  trx: TenantTransaction,
  tenant: TenantRow,
  subscriberId: string,
  booking: Booking,
  openBills?: readonly OpenBillRow[],
): Promise<Restored> {
  const cut = await listCutSubscriptionIds(trx, subscriberId);
  if (cut.length === 0) return { subscriptionIds: [], routerIds: [] };
  const open = openBills ?? await listOpenBills(trx, [subscriberId]);
  const prepaid = await listCoverage(trx, cut, booking.businessOn);
  const paid = cut.filter((subscriptionId) => {
    const coverage = prepaid.get(subscriptionId);
    if (coverage !== undefined) return coverageOn(coverage, booking.businessOn).isCovered;
    return isRestored({
      bills: ownDebt(open, subscriptionId),
      minBalanceCentavos: centavos(tenant.min_balance_centavos),
      today: booking.businessOn,
    });
  });
  const subscriptionIds = await updateBlockReasonsRemoved(trx, paid, "nonpayment", {
    removed_at: booking.at,
    removed_on: booking.businessOn,
    removed_by: booking.actor,
  });
  await insertReconnections(trx, subscriptionIds, booking.at);
  await resumeBilling(trx, tenant, subscriptionIds, booking);
  await tell(trx, subscriberId, subscriptionIds, booking);
  const routerIds = await refreshDesired(trx, subscriptionIds, { now: booking.at });
  return { subscriptionIds, routerIds };
}

async function tell(
  trx: TenantTransaction,
  subscriberId: string,
  subscriptionIds: readonly string[],
  booking: Booking,
): Promise<void> {
  if (booking.restored !== undefined) booking.restored.push(...subscriptionIds);
  else await queueMail(trx, mailsOfRestored(subscriberId, subscriptionIds, booking.at), queueingOf(booking));
}
