import { centavos, sum, ZERO } from "@/shared/money/mod.ts";
import type { OpenBill } from "@/web/domain/cuts/mod.ts";
import { disputedOfLines } from "@/web/domain/payments/mod.ts";
import type { OpenBillRow } from "@/web/store/billing/bills.ts";
import { toOpenLines } from "../payments/apply_credit.ts";

/**
 * What a connection owes on its own lines and can be cut for (rule R21): amounts without a connection cut nobody, and
 * neither does a debt of the books from before that nobody has included.
 */
export function ownDebt(openBills: readonly OpenBillRow[], subscriptionId: string): OpenBill[] {
  return openBills.flatMap((bill) => {
    const own = bill.lines.filter((line) => line.subscription_id === subscriptionId);
    if (own.length === 0 || bill.is_imported) return [];
    const disputed = disputedOfLines(toOpenLines(bill), centavos(bill.disputed_centavos));
    return [{
      balanceCentavos: sum(own.map((line) => centavos(line.open_centavos))),
      disputedCentavos: sum(own.map((line) => disputed.get(line.line_no) ?? ZERO)),
      dueOn: bill.due_on,
      graceDays: bill.grace_days,
    }];
  });
}
