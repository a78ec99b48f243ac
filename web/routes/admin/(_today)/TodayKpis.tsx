import { centavos, formatPeso, sum } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { Kpi, KpiRow } from "@/web/components/Kpi.tsx";
import { formatCount, formatPlural, formatRelativeDay } from "@/web/format.ts";
import type { TodayFigures } from "@/web/store/today.ts";
import { address, may, type PageMoment } from "../(_billing)/page_context.ts";
import { clockWords } from "../tonight/(_parts)/words.ts";

interface TodayKpisProps {
  figures: TodayFigures;
  moment: PageMoment;
  state: AppState;
}

/** The four figures on top; each is a link to exactly the rows that it counts. */
export function TodayKpis({ figures, moment, state }: TodayKpisProps) {
  const { connections, tonight, collectedToday } = figures;
  const collected = sum(collectedToday.map((row) => centavos(row.amountCentavos)));
  const payments = collectedToday.reduce((total, row) => total + row.count, 0);
  const dueSoon = figures.aging.find(({ bucket }) => bucket === "current");
  return (
    <KpiRow>
      {may(state, "subscriber:read") && (
        <Kpi
          href={address("/admin/subscribers", { connection: "online" })}
          label="Online now"
          value={`${formatCount(connections.online)} of ${formatCount(connections.total)}`}
          note={`${formatCount(connections.offline)} offline, ${formatCount(connections.unknown)} unknown`}
        />
      )}
      {may(state, "bill:read") && dueSoon !== undefined && (
        <Kpi
          href={address("/admin/subscribers", { aging: "current" })}
          label={`Due within ${formatPlural(moment.tenant.terms_days, "day")}`}
          value={formatPeso(centavos(dueSoon.amountCentavos))}
          note={`${formatPlural(dueSoon.count, "subscriber")}, nobody late yet`}
        />
      )}
      {may(state, "payment:read") && (
        <Kpi
          href={address("/admin/payments", { on: moment.today.toString(), status: "posted" })}
          label="Collected today"
          value={formatPeso(collected)}
          note={formatPlural(payments, "payment")}
          noteTone={payments > 0 ? "ok" : undefined}
        />
      )}
      {may(state, "cut_run:read") && (
        <Kpi
          href="/admin/tonight"
          label={`Cut ${formatRelativeDay(tonight.businessOn, moment.today)}, ${clockWords(tonight.at)}`}
          value={formatCount(tonight.count)}
          note={`${formatPeso(centavos(tonight.amountCentavos))} past grace`}
          noteTone={tonight.count > 0 ? "bad" : undefined}
        />
      )}
    </KpiRow>
  );
}
