import { type Centavos, centavos, ZERO } from "@/shared/money/mod.ts";
import { coverageOn } from "@/web/domain/billing/mod.ts";
import { isRestored } from "@/web/domain/cuts/mod.ts";
import type { OpenBillRow } from "@/web/store/billing/bills.ts";
import { listCoverage } from "@/web/store/billing/coverage.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { findSubscriptionAnywhere } from "@/web/store/subscribers/subscriptions.ts";
import { readOffer, renewalUnit } from "../billing/prepaid_offer.ts";
import { ownDebt } from "../cuts/own_debt.ts";

/** What a payment leaves behind. */
export interface AfterPayment {
  open: readonly OpenBillRow[];
  left: readonly OpenBillRow[];
  /** Money that pays no bill: what was there before, and what remains of the payment. */
  creditCentavos: Centavos;
}

/**
 * Of the connections that are cut those that a payment would bring back: one that gets bills by what is owed then, one that
 * is paid up front by the days that paid bills cover then, its purchases from credit among them.
 */
export async function restoredBy(
  trx: TenantTransaction,
  tenant: TenantRow,
  today: Temporal.PlainDate,
  cut: readonly string[],
  after: AfterPayment,
): Promise<string[]> {
  const prepaid = await listCoverage(trx, cut, today);
  const restored: string[] = [];
  for (const id of cut) {
    const coverage = prepaid.get(id);
    const comesBack = coverage === undefined
      ? isRestored({
        bills: ownDebt(after.left, id),
        minBalanceCentavos: centavos(tenant.min_balance_centavos),
        today,
      })
      : coverageOn(coverage, today).isCovered || paysPurchase(id, today, after) ||
        await renews(trx, tenant, today, id, after);
    if (comesBack) restored.push(id);
  }
  return restored;
}

/** A purchase whose payment was reversed, and which this payment pays in full. */
function paysPurchase(id: string, today: Temporal.PlainDate, { open, left }: AfterPayment): boolean {
  return open.some((bill) =>
    bill.subscription_id === id && !left.some((one) => one.id === bill.id) &&
    Temporal.PlainDate.compare(bill.period_start, today) <= 0 &&
    Temporal.PlainDate.compare(today, bill.period_end) < 0
  );
}

/** Credit buys again what it bought last, as often as it takes to reach the day. */
async function renews(
  trx: TenantTransaction,
  tenant: TenantRow,
  today: Temporal.PlainDate,
  id: string,
  { left, creditCentavos }: AfterPayment,
): Promise<boolean> {
  const subscription = await findSubscriptionAnywhere(trx, id);
  if (subscription === null || !subscription.renews_itself) return false;
  const offer = await readOffer(trx, tenant, subscription, today);
  const unit = renewalUnit(offer);
  const isOpen = offer.openBill !== null && left.some((bill) => bill.id === offer.openBill?.id);
  if (unit === undefined || isOpen || unit.priceCentavos === ZERO) return false;
  const most = Number(creditCentavos / offer.total(unit, 1).totalCentavos);
  const covers = (quantity: number) => coverageOn(offer.purchase(unit, quantity).coverage, today).isCovered;
  return most > 0 && covers(Math.min(most, RENEWALS_MAX));
}

/** As many as one purchase may have. */
const RENEWALS_MAX = 12;
