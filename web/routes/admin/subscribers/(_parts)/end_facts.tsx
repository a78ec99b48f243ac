import { coded } from "@/shared/codes/mod.ts";
import { formatPeso, ZERO } from "@/shared/money/mod.ts";
import { taxFacts } from "@/web/app/words/tax_words.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { EndReview } from "@/web/services/billing/review_end.ts";

/** What it comes to in the end: something to pay, something to pay back, or nothing. */
export function effectWords({ owedCentavos, refundableCentavos }: EndReview, t: Translate): string {
  if (owedCentavos > ZERO) return t("subscribers.end_owed", { amount: formatPeso(owedCentavos) });
  if (refundableCentavos > ZERO) {
    return t("subscribers.end_refundable", { amount: formatPeso(refundableCentavos) });
  }
  return t("subscribers.end_even");
}

/** Line by line: what is billed, and what is given back. */
export function EndFacts({ review, t }: { review: EndReview; t: Translate }) {
  const money = (amount: EndReview["billCentavos"]) => <Money amount={amount} />;
  return (
    <FactList
      wide
      facts={[
        ...review.lines.map((line) => ({
          label: codedText(t, line.description),
          value: money(line.amountCentavos),
        })),
        ...review.reconnections.map(({ cutOn, backOn, amountCentavos }) => ({
          label: codedText(t, coded("line_reconnection", { cut: cutOn, back: backOn })),
          value: money(amountCentavos),
        })),
        ...(review.lockInFeeCentavos > ZERO
          ? [{ label: t("subscribers.end_lock_in"), value: money(review.lockInFeeCentavos) }]
          : []),
        ...(review.billCentavos > ZERO ? taxFacts(t, review.tax) : []),
        { label: t("subscribers.end_bill"), value: money(review.billCentavos) },
        ...review.suspendedBack.map((line) => ({
          label: codedText(t, line.description),
          value: money(line.amountCentavos),
        })),
        ...(review.unusedCentavos > ZERO
          ? [{
            label: t(review.creditCentavos > ZERO ? "subscribers.end_credited" : "subscribers.end_given_up"),
            value: money(review.unusedCentavos),
          }]
          : []),
      ]}
    />
  );
}
