import { classes } from "@/web/components/classes.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import type { Centavos } from "@/shared/money/mod.ts";

/** One figure of a sum. */
export interface SumPart {
  label: string;
  amount: Centavos;
  /** What it does to the sum; the first and the last figure have none. */
  sign?: "+" | "−" | "=" | undefined;
  /** A balance: below zero it is credit. */
  isBalance?: boolean | undefined;
}

/** A sum that can be followed: opening + charges − payments − credits = closing. Under each other on a phone. */
export function SumStrip({ parts }: { parts: readonly SumPart[] }) {
  return (
    <dl class="card sum-strip">
      {parts.map(({ label, amount, sign, isBalance }) => (
        <div class={classes("sum-part", sign === "=" && "strong")} key={label}>
          <dt>
            {sign !== undefined && <span class="sum-sign">{sign}</span>}
            {label}
          </dt>
          <dd>
            <Money amount={amount} balance={isBalance} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
