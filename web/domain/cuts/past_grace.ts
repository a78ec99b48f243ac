import { add, type Centavos, centavos, ZERO } from "@/shared/money/mod.ts";

/** What dunning looks at in an unpaid bill. */
export interface OpenBill {
  /** What is still owed on it. */
  balanceCentavos: Centavos;
  /** What of it is disputed: owed, but it counts for no cut until that is decided. @default 0 */
  disputedCentavos?: Centavos;
  /** The last day to pay in time. */
  dueOn: Temporal.PlainDate;
  /** Days past due that stay connected. */
  graceDays: number;
}

/** What of a bill's balance counts for a cut: all of it but what is disputed. */
export function countedCentavos({ balanceCentavos, disputedCentavos = ZERO }: OpenBill): Centavos {
  return balanceCentavos > disputedCentavos ? centavos(balanceCentavos - disputedCentavos) : ZERO;
}

/** What counts of bills whose grace has ended before `today` (billing rule 7). */
export function pastGraceCentavos(bills: readonly OpenBill[], today: Temporal.PlainDate): Centavos {
  let total: Centavos = ZERO;
  for (const bill of bills) {
    if (Temporal.PlainDate.compare(graceEndsOn(bill), today) < 0) total = add(total, countedCentavos(bill));
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
