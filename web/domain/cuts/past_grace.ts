import { add, type Centavos, ZERO } from "@/shared/money/mod.ts";

/** What dunning looks at in an unpaid bill. */
export interface OpenBill {
  /** What is still owed on it. */
  balanceCentavos: Centavos;
  /** The last day to pay in time. */
  dueOn: Temporal.PlainDate;
  /** Days past due that stay connected. */
  graceDays: number;
}

/** What is owed on bills whose grace has ended before `today` (billing rule 7). */
export function pastGraceCentavos(bills: readonly OpenBill[], today: Temporal.PlainDate): Centavos {
  let total: Centavos = ZERO;
  for (const bill of bills) {
    if (bill.balanceCentavos > 0n && Temporal.PlainDate.compare(graceEndsOn(bill), today) < 0) {
      total = add(total, bill.balanceCentavos);
    }
  }
  return total;
}

/** Whether a posting takes the reason `nonpayment` away: less than the minimum is still owed past grace (rule R2). */
export function isRestored(
  input: { bills: readonly OpenBill[]; minBalanceCentavos: Centavos; today: Temporal.PlainDate },
): boolean {
  const owed = pastGraceCentavos(input.bills, input.today);
  return owed === 0n || owed < input.minBalanceCentavos;
}

/** The last day on which the service is still on by grace. */
export function graceEndsOn(bill: Pick<OpenBill, "dueOn" | "graceDays">): Temporal.PlainDate {
  return bill.dueOn.add({ days: bill.graceDays });
}
