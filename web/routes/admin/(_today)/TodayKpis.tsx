import { centavos, formatPeso, sum } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { useT } from "@/web/components/i18n.ts";
import { Kpi, KpiRow } from "@/web/components/facts/Kpi.tsx";
import { formatCount } from "@/web/format.ts";
import { CONNECTION_FIGURES } from "@/web/store/live/today_connections.ts";
import type { TodayFigures } from "@/web/store/live/today.ts";
import { may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { paymentsOf, subscribersOf } from "./links.ts";

interface TodayKpisProps {
  figures: TodayFigures;
  moment: PageMoment;
  state: AppState;
}

/** The figures on top; each is a link to exactly the rows that it counts. */
export function TodayKpis({ figures: { connections, collectedToday }, moment, state }: TodayKpisProps) {
  const t = useT();
  const { online, any, current, late } = connections;
  const collected = sum(collectedToday.map((row) => centavos(row.amountCentavos)));
  const payments = collectedToday.reduce((total, row) => total + row.count, 0);
  const day = { from: moment.today, to: moment.today };
  return (
    <KpiRow>
      {may(state, "subscriber:read") && (
        <Kpi
          href={subscribersOf(CONNECTION_FIGURES.online)}
          label={t("today.online")}
          value={formatCount(online.count)}
          note={t("today.online_total", { total: formatCount(any.count) })}
        />
      )}
      {may(state, "payment:read") && (
        <Kpi
          href={paymentsOf(day)}
          label={t("today.collected")}
          value={formatPeso(collected)}
          note={t("today.payments", { n: payments })}
          noteTone={payments > 0 ? "ok" : undefined}
        />
      )}
      {may(state, "bill:read") && may(state, "subscriber:read") && (
        <>
          <Kpi
            href={subscribersOf(CONNECTION_FIGURES.late)}
            label={t("today.late")}
            value={formatPeso(centavos(late.balanceCentavos))}
            note={t("today.connections_owe", { n: late.count })}
            noteTone={late.count > 0 ? "bad" : undefined}
          />
          <Kpi
            href={subscribersOf(CONNECTION_FIGURES.current)}
            label={t("today.not_due")}
            value={formatPeso(centavos(current.balanceCentavos))}
            note={t("today.not_due_note", { n: current.count })}
          />
        </>
      )}
    </KpiRow>
  );
}
