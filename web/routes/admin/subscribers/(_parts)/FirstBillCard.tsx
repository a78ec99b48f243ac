import { formatDate, formatPeriod } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { taxFacts } from "@/web/app/words/tax_words.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { codedText } from "@/web/messages/coded_text.ts";
import { useT } from "@/web/components/i18n.ts";
import type { NewConnectionView } from "./load_new.ts";

/** What the first bill will say, as the form stands. */
export function FirstBillCard({ view }: { view: NewConnectionView }) {
  const t = useT();
  const { bill, values } = view;
  return (
    <Card title={t("subscribers.first_bill")}>
      {bill === null
        ? (
          <EmptyState
            icon="bill"
            title={t(values.billing === "prepaid" ? "prepaid.billing_note" : "subscribers.first_bill_none")}
          >
            {values.billing === "prepaid" && t("prepaid.first_waits")}
          </EmptyState>
        )
        : (
          <>
            <FactList
              sum
              facts={[
                ...bill.lines.map((line) => ({
                  label: codedText(t, line.description),
                  value: formatPeso(line.amountCentavos),
                })),
                ...taxFacts(t, bill.tax),
                {
                  label: t("subscribers.first_bill_total"),
                  value: formatPeso(centavos(bill.totalCentavos)),
                  strong: true,
                },
              ]}
            />
            <FactList
              facts={[
                {
                  label: t("subscribers.first_bill_period"),
                  value: formatPeriod(bill.periodStart, bill.periodEnd, t.locale),
                },
                { label: t("subscribers.first_bill_issued"), value: formatDate(bill.issueOn, t.locale) },
                { label: t("subscribers.first_bill_due"), value: formatDate(bill.dueOn, t.locale) },
                {
                  label: t("subscribers.first_bill_cut"),
                  value: bill.cutOn === null
                    ? t("subscribers.first_bill_no_cut")
                    : formatDate(bill.cutOn, t.locale),
                },
              ]}
            />
            <p class="note">
              {t(
                values.activation === "day"
                  ? "subscribers.first_bill_today"
                  : "subscribers.first_bill_if_today",
              )}
            </p>
          </>
        )}
    </Card>
  );
}
