import { isBefore } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { decideRow } from "@/web/domain/cuts/mod.ts";
import type { PaperBill } from "@/web/gateways/pdf/mod.ts";
import type { OpenOnDay } from "@/web/store/billing/account_lines.ts";
import type { BillDetail } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { isExemptAnywhere } from "@/web/store/subscribers/subscriptions.ts";

/** What is around a bill on its statement. */
interface AroundBill {
  tenant: TenantRow;
  /** Of its public page. */
  address: string;
  /** What was open when it was issued, the bill among it. */
  open: readonly OpenOnDay[];
}

/** The bill that a statement comes with, and when the connection is cut if nobody pays; null for a draft. */
export async function billOnPaper(
  trx: TenantTransaction,
  bill: BillDetail,
  { tenant, address, open }: AroundBill,
): Promise<PaperBill | null> {
  const { number, issued_on: issuedOn, due_on: dueOn } = bill;
  if (number === null || issuedOn === null || dueOn === null) return null;
  return {
    number,
    issuedOn,
    dueOn,
    periodStart: bill.period_start,
    periodEnd: bill.period_end,
    cutOn: await cutDay(trx, tenant, { bill, open }),
    isVoid: bill.status === "void",
    address,
  };
}

/**
 * The day of the cut (rule R1) if all that was open stays unpaid; an older bill may come before this one. Null where
 * nothing of it cuts, and where an older bill could have cut already: then nobody can tell from here what is.
 */
async function cutDay(
  trx: TenantTransaction,
  tenant: TenantRow,
  { bill, open }: { bill: BillDetail; open: readonly OpenOnDay[] },
): Promise<Temporal.PlainDate | null> {
  if (bill.issued_on === null) return null;
  const isExempt = await isExemptAnywhere(trx, bill.subscription_id);
  const { decision, cutOn } = decideRow({
    bills: open.filter((each) => each.subscription_id === bill.subscription_id && !each.is_imported).map((
      each,
    ) => ({
      balanceCentavos: centavos(each.open_centavos),
      dueOn: each.due_on,
      graceDays: each.grace_days,
    })),
    holdUntil: null,
    isExcludedToday: false,
    isExempt,
    isImportedUndecided: false,
    minBalanceCentavos: centavos(tenant.min_balance_centavos),
    blackout: { weekdays: tenant.blackout_weekdays, dates: tenant.blackout_dates },
    today: bill.issued_on,
  });
  return decision === "cut" || cutOn === null || !isBefore(bill.issued_on, cutOn) ? null : cutOn;
}
