import { codedOf } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import type { BillDetail } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listOrphanedCredits } from "@/web/store/billing/void_credits.ts";
import { type OnItsBill, onTheirBills, type SuspendedLine } from "./suspended_back.ts";

/**
 * What a bill took off for suspended days of other bills and no bill takes off again once this one is void: the service has
 * ended, or those days were settled when the connection began to pay up front or went to another payer.
 */
export async function readVoidCredits(
  trx: TenantTransaction,
  bill: Pick<BillDetail, "id">,
): Promise<OnItsBill<SuspendedLine>[]> {
  const credits = (await listOrphanedCredits(trx, bill.id)).map((row) => ({
    description: codedOf(row.description),
    periodStart: row.period_start,
    amountCentavos: centavos(row.priced_centavos),
    billId: row.sold_bill_id,
  }));
  return await onTheirBills(trx, credits, credits);
}
