import { centavos } from "@/shared/money/mod.ts";
import { decideRow } from "@/web/domain/cuts/mod.ts";
import type { PaperBill } from "@/web/gateways/pdf/mod.ts";
import type { BillDetail } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { findSubscription } from "@/web/store/subscribers/subscriptions.ts";

/** The bill that a statement comes with, and when the connection is cut if nobody pays it; null for a draft. */
export async function billOnPaper(
  trx: TenantTransaction,
  tenant: TenantRow,
  bill: BillDetail,
  address: string,
): Promise<PaperBill | null> {
  const { number, issued_on: issuedOn, due_on: dueOn } = bill;
  if (number === null || issuedOn === null || dueOn === null) return null;
  return {
    number,
    issuedOn,
    dueOn,
    periodStart: bill.period_start,
    periodEnd: bill.period_end,
    cutOn: await cutDay(trx, tenant, bill),
    isVoid: bill.status === "void",
    address,
  };
}

/** The day of the cut (rule R1) if the whole bill stays unpaid; null where it alone cuts nobody. */
async function cutDay(
  trx: TenantTransaction,
  tenant: TenantRow,
  bill: BillDetail,
): Promise<Temporal.PlainDate | null> {
  if (bill.issued_on === null || bill.due_on === null || bill.is_imported) return null;
  const connection = await findSubscription(trx, bill.subscription_id);
  const { cutOn } = decideRow({
    bills: [{
      balanceCentavos: centavos(bill.total_centavos),
      dueOn: bill.due_on,
      graceDays: bill.grace_days,
    }],
    holdUntil: null,
    isExcludedToday: false,
    isExempt: connection?.is_exempt ?? false,
    isImportedUndecided: false,
    minBalanceCentavos: centavos(tenant.min_balance_centavos),
    blackout: { weekdays: tenant.blackout_weekdays, dates: tenant.blackout_dates },
    today: bill.issued_on,
  });
  return cutOn;
}
