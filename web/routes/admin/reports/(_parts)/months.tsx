import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { Money } from "@/web/components/facts/Money.tsx";

/** The first days of the last months, this one last. */
export function lastMonths(today: Temporal.PlainDate, count: number): Temporal.PlainDate[] {
  const first = today.with({ day: 1 });
  return Array.from({ length: count }, (_, at) => first.subtract({ months: count - 1 - at }));
}

/** An amount that may be below zero. */
export function signed(amount: Centavos) {
  return amount < 0n
    ? (
      <>
        − <Money amount={centavos(-amount)} />
      </>
    )
    : <Money amount={amount} />;
}
