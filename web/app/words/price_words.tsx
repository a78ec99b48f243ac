import { formatDateShort } from "@/shared/calendar/mod.ts";
import type { Coded } from "@/shared/codes/mod.ts";
import { type Centavos, formatPeso, subtract, ZERO } from "@/shared/money/mod.ts";
import { beginSentence } from "@/shared/text/mod.ts";
import { type PaySchedule, sayOwnTerms, type TermsChange } from "@/web/domain/billing/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** More changes than this are on the page of the prices. */
const CHANGES_SHOWN = 2;

/** `₱899.00 until 31 Mar 2027, then ₱999.00` */
export function scheduleWords(t: Translate, { now, next }: PaySchedule): string {
  const shown = next.slice(0, CHANGES_SHOWN);
  const steps = [now, ...shown].map(({ priceCentavos }, i) => {
    const amount = formatPeso(priceCentavos);
    const end = next[i];
    return end === undefined ? amount : t("prices.until", {
      amount,
      until: formatDateShort(end.on.subtract({ days: 1 }), t.locale),
    });
  });
  return steps.reduce((before, then) => t("prices.then", { before, then }));
}

/** Why it is not the plan's price: `own price`; null where it is. */
export function ownWords(t: Translate, { own }: Omit<TermsChange, "on">): string | null {
  return own === undefined ? null : codedText(t, sayOwnTerms({ ...own, untilOn: null }));
}

/** `₱999.00 → ₱1,099.00 (+₱100.00)`, or the amount that stays. */
export function PriceChange({ before, after }: { before: Centavos; after: Centavos }) {
  if (before === after) return <>{formatPeso(after)}</>;
  return (
    <>
      {formatPeso(before)} → {formatPeso(after)}{" "}
      <span class="money">({signed(subtract(after, before))})</span>
    </>
  );
}

/** `+₱100.00` */
export function signed(amount: Centavos): string {
  return amount > ZERO ? `+${formatPeso(amount)}` : formatPeso(amount);
}

/** What was agreed, where it begins a line: `Own price ₱899.00`. */
export function agreedTitle(t: Translate, agreed: Coded): string {
  return beginSentence(codedText(t, agreed));
}
