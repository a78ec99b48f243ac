import { formatDayMonth } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, sum } from "@/shared/money/mod.ts";
import { AgingStrip } from "@/web/components/facts/AgingStrip.tsx";
import { Bars } from "@/web/components/facts/Bars.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import { formatCount } from "@/web/format.ts";
import { AGING_BUCKETS, CONNECTION_FIGURES } from "@/web/store/live/today_connections.ts";
import type { TodayFigures } from "@/web/store/live/today.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import { billsOf, paymentsOf, subscribersOf } from "./links.ts";

interface FiguresProps {
  figures: TodayFigures;
  moment: PageMoment;
}

interface WithReport {
  /** Offers the report that tells more. */
  seesReports: boolean;
}

/** What came in today, by method; the sum stands among the figures on top. */
export function CollectedCard(
  { figures: { collectedToday }, moment, seesReports }: FiguresProps & WithReport,
) {
  const t = useT();
  const day = { from: moment.today, to: moment.today };
  if (collectedToday.length === 0) return null;
  return (
    <Card
      title={t("today.by_method")}
      aside={seesReports && <a href="/admin/reports/collections">{t("reports.collections")}</a>}
    >
      <FactList
        sum
        facts={collectedToday.map(({ method, amountCentavos, count }) => ({
          label: `${t(`words.method_${method}`)} · ${formatCount(count)}`,
          value: <a href={paymentsOf(day, method)}>{formatPeso(centavos(amountCentavos))}</a>,
        }))}
      />
    </Card>
  );
}

/** Collected against billed: the cycle in a sentence, the last days as bars. */
export function CycleCard({ figures: { cycle, daily }, moment }: FiguresProps) {
  const t = useT();
  const { today } = moment;
  const [first] = daily;
  const span = { from: first?.on ?? today, to: today };
  const billed = sum(daily.map((day) => centavos(day.billedCentavos)));
  const collected = sum(daily.map((day) => centavos(day.collectedCentavos)));
  const paid = cycle.billedCentavos === 0n ? 0n : cycle.paidCentavos * 100n / cycle.billedCentavos;
  const values = {
    since: shortDay(cycle.since, today, t.locale),
    billed: formatPeso(centavos(cycle.billedCentavos)),
    paid: formatPeso(centavos(cycle.paidCentavos)),
    percent: String(paid),
  };
  return (
    <Card
      title={t("today.cycle")}
      foot={<a href="/admin/runs/next">{t("runs.next_link")}</a>}
      aside={cycle.bills > 0 && (
        <a href={billsOf({ from: cycle.since, to: today })}>{t("today.cycle_bills", { n: cycle.bills })}</a>
      )}
    >
      <Bars
        caption={t(cycle.bills === 0 ? "today.cycle_none" : "today.cycle_caption", values)}
        head={t("today.day")}
        series={[
          { name: t("today.billed"), total: formatPeso(billed), href: billsOf(span) },
          { name: t("today.collected_series"), total: formatPeso(collected), href: paymentsOf(span) },
        ]}
        points={daily.map(({ on, billedCentavos, collectedCentavos }) => ({
          label: formatDayMonth(on, t.locale),
          values: [Number(billedCentavos), Number(collectedCentavos)],
          hrefs: [billsOf({ from: on, to: on }), paymentsOf({ from: on, to: on })],
        }))}
        format={(value) => formatPeso(centavos(BigInt(Math.round(value))))}
      />
    </Card>
  );
}

/** How old the unpaid money is. */
export function AgingCard(
  { figures: { connections }, seesReports }: { figures: TodayFigures } & WithReport,
) {
  const t = useT();
  if (connections.late.count === 0) return null;
  return (
    <Card
      title={t("today.by_age")}
      aside={seesReports && <a href="/admin/reports/aging">{t("reports.aging")}</a>}
    >
      <AgingStrip
        caption={t("today.by_age_caption")}
        buckets={AGING_BUCKETS.filter((bucket) => bucket !== "current").map((bucket) => ({
          label: t(`today.aging_${bucket === "60+" ? "60" : bucket}`),
          amount: centavos(connections[bucket].balanceCentavos),
          count: connections[bucket].count,
          href: subscribersOf(CONNECTION_FIGURES[bucket]),
        }))}
      />
    </Card>
  );
}
