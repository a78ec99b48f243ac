import { formatPeso } from "@/shared/money/mod.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { useT } from "@/web/components/i18n.ts";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { BILL_ANOMALIES } from "@/web/domain/billing/mod.ts";
import { formatCount } from "@/web/format.ts";
import type { BillPreview } from "@/web/services/billing/preview_bills.ts";

/** Plans with a line of their own; the rest is one line. */
const PLANS_MAX = 6;

/** A run to come in figures: what is odd, each a link to its rows, and the bills of each plan. */
export function NextRunFigures({ preview, frame }: { preview: BillPreview; frame: ListFrame }) {
  const t = useT();
  const odd = BILL_ANOMALIES.filter((one) => preview.counts[one] > 0);
  return (
    <>
      {preview.isFarMore && preview.usual !== null && (
        <Banner tone="warn" title={t("runs.far_more")}>
          {t("runs.far_more_why", { bills: formatCount(preview.bills), usual: formatCount(preview.usual) })}
        </Banner>
      )}
      <Columns
        even
        main={
          <Card title={t("runs.by_plan")}>
            <FactList sum facts={planFacts(preview, t)} />
          </Card>
        }
        side={
          <Card title={t("runs.look_first")}>
            {odd.length === 0 ? <p class="note">{t("runs.nothing_odd")}</p> : (
              <FactList
                sum
                facts={odd.map((one) => ({
                  label: t(`runs.anomaly_${one}`),
                  value: <a href={listHref(frame, { show: one })}>{formatCount(preview.counts[one])}</a>,
                }))}
              />
            )}
            {preview.usual !== null && (
              <p class="note">{t("runs.usual", { usual: formatCount(preview.usual) })}</p>
            )}
          </Card>
        }
      />
    </>
  );
}

function planFacts({ plans, bills, amountCentavos }: BillPreview, t: ReturnType<typeof useT>) {
  const line = (label: string, of: { bills: number; amountCentavos: bigint }, strong = false) => ({
    label: t("runs.plan_bills", { plan: label, n: of.bills }),
    value: formatPeso(of.amountCentavos as BillPreview["amountCentavos"]),
    strong,
  });
  const shown = plans.length > PLANS_MAX ? plans.slice(0, PLANS_MAX - 1) : plans;
  const rest = plans.slice(shown.length);
  return [
    ...shown.map((plan) => line(plan.planName, plan)),
    ...(rest.length === 0 ? [] : [line(t("runs.other_plans", { n: rest.length }), {
      bills: rest.reduce((sum, plan) => sum + plan.bills, 0),
      amountCentavos: rest.reduce((sum, plan) => sum + plan.amountCentavos, 0n),
    })]),
    line(t("runs.all_plans"), { bills, amountCentavos }, true),
  ];
}
