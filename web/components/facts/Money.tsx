import { useT } from "@/web/components/i18n.ts";
import { formatBalance } from "@/web/format.ts";
import { type Centavos, formatPeso } from "@/shared/money/mod.ts";

interface MoneyProps {
  amount: Centavos;
  /** A balance: below zero it reads `₱200.00 credit`, in green, never red. */
  balance?: boolean | undefined;
}

/** An amount of money that never breaks across lines. */
export function Money({ amount, balance }: MoneyProps) {
  const t = useT();
  if (balance && amount < 0n) return <span class="money credit">{formatBalance(amount, t)}</span>;
  return <span class="money">{formatPeso(amount)}</span>;
}
