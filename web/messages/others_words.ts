import { type Centavos, formatPeso, sum, ZERO } from "@/shared/money/mod.ts";
import type { Translate } from "./mod.ts";

/**
 * What else is left to pay, beside a bill with so much left: who pays the bill alone still owes the rest, and is cut for it.
 * Mails and the public page say the same.
 */
export function othersWords(
  { left, others: { leftCentavos, areBefore } }: {
    left: Centavos;
    others: { leftCentavos: Centavos; areBefore: boolean };
  },
  t: Translate,
): { label: string; amount: string; note: string } {
  const label = t(areBefore ? "mailing.others_before" : "mailing.others_open");
  const amount = formatPeso(leftCentavos);
  const note = left > ZERO
    ? t("mailing.others_note", { label, amount, total: formatPeso(sum([left, leftCentavos])) })
    : t("mailing.others_only", { label, amount });
  return { label, amount, note };
}
