import { nextBillOn } from "@/web/domain/billing/mod.ts";
import { updateBillingResumed } from "@/web/store/billing/bill_run.ts";
import { listStoppedAndOn } from "@/web/store/billing/plan_changes.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { insertNeverBilled } from "@/web/store/billing/charged_periods.ts";
import type { Booking } from "../payments/apply_credit.ts";
import { billingRules } from "./billing_rules.ts";

/**
 * Bills again, from today on, for connections whose bills had stopped and that are on again. The days between are
 * never billed afterwards (billing rule 13). Called in the transaction that removed a block reason.
 */
export async function resumeBilling(
  trx: TenantTransaction,
  tenant: TenantRow,
  subscriptionIds: readonly string[],
  { businessOn: today, at }: Pick<Booking, "businessOn" | "at">,
): Promise<void> {
  const stopped = await listStoppedAndOn(trx, subscriptionIds);
  const passed = stopped.filter((row) => Temporal.PlainDate.compare(row.stopped_from_on, today) < 0);
  await insertNeverBilled(
    trx,
    passed.map((row) => ({
      subscription_id: row.id,
      period_start: row.stopped_from_on.toString(),
      period_end: today.toString(),
      why: "stopped",
      stopped_at: row.stopped_at,
    })),
    at,
  );
  await updateBillingResumed(
    trx,
    stopped.map((row) => {
      const isEarlier = Temporal.PlainDate.compare(row.stopped_from_on, today) < 0;
      const billedThrough = isEarlier ? today : row.stopped_from_on;
      const rules = billingRules(tenant, {
        planName: "",
        priceCentavos: 0n,
        anchorDay: row.anchor_day,
        timing: row.bill_timing,
        activatedOn: row.activated_on,
      });
      return {
        id: row.id,
        billed_through_on: billedThrough,
        next_bill_on: nextBillOn({ ...rules, billedThrough }),
      };
    }),
  );
}
