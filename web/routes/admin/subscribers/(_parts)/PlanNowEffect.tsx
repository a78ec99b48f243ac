import { formatDate } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { taxFacts } from "@/web/app/words/tax_words.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { useT } from "@/web/components/i18n.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Coded } from "@/shared/codes/mod.ts";
import type { PlanNowReview } from "@/web/services/billing/review_plan_now.ts";

interface PlanNowEffectProps {
  review: PlanNowReview;
  today: Temporal.PlainDate;
}

/** What a change of plan from today costs: what is settled at once, and the bill that comes next. */
export function PlanNowEffect({ review, today }: PlanNowEffectProps) {
  const t = useT();
  const { lines, netNowCentavos, billNow, vatBackCentavos, nextBill } = review;
  const net = formatPeso(centavos(netNowCentavos < ZERO ? -netNowCentavos : netNowCentavos));
  return (
    <>
      {lines.length > 0 && (
        <Lines title={t("subscribers.plan_settled", { on: formatDate(today, t.locale) })} lines={lines}>
          {[
            ...(billNow === null ? [] : taxFacts(t, billNow)),
            ...(vatBackCentavos === ZERO ? [] : [{
              label: t("subscribers.plan_vat_back"),
              value: <Money amount={centavos(-vatBackCentavos)} />,
            }]),
          ]}
        </Lines>
      )}
      {netNowCentavos > ZERO && <p>{t("subscribers.plan_net_bill", { amount: net })}</p>}
      {netNowCentavos < ZERO && <p>{t("subscribers.plan_net_credit", { amount: net })}</p>}
      {lines.length > 0 && netNowCentavos === ZERO && <p>{t("subscribers.plan_net_nothing")}</p>}
      <Lines
        title={t("subscribers.plan_next_bill", {
          on: formatDate(nextBill.issueOn, t.locale),
          amount: formatPeso(nextBill.tax.totalCentavos),
        })}
        lines={nextBill.lines}
      >
        {taxFacts(t, nextBill.tax)}
      </Lines>
    </>
  );
}

/** Lines as they are priced, and behind them what of it all is VAT. */
function Lines(
  { title, lines, children }: {
    title: string;
    lines: readonly { description: Coded; amountCentavos: Centavos }[];
    children: readonly Fact[];
  },
) {
  const t = useT();
  return (
    <section>
      <h3>{title}</h3>
      <FactList
        wide
        facts={[
          ...lines.map((line) => ({
            label: codedText(t, line.description),
            value: <Money amount={line.amountCentavos} />,
          })),
          ...children,
        ]}
      />
    </section>
  );
}
