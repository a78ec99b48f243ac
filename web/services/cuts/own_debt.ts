import { centavos, sum } from "@/shared/money/mod.ts";
import type { OpenBill } from "@/web/domain/cuts/mod.ts";
import type { OpenBillRow } from "@/web/store/billing/bills.ts";

/** What a connection owes on its own lines (rule R21): amounts without a connection cut nobody. */
export function ownDebt(openBills: readonly OpenBillRow[], subscriptionId: string): OpenBill[] {
  return openBills.flatMap((bill) => {
    const own = bill.lines.filter((line) => line.subscription_id === subscriptionId);
    if (own.length === 0) return [];
    return [{
      balanceCentavos: sum(own.map((line) => centavos(line.open_centavos))),
      dueOn: bill.due_on,
      graceDays: bill.grace_days,
    }];
  });
}
