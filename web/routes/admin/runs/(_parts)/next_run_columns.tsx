import { formatPeriod } from "@/shared/calendar/mod.ts";
import { formatCentavosPlain } from "@/shared/money/mod.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import type { BillAnomaly } from "@/web/domain/billing/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { PreviewRow } from "@/web/services/billing/preview_bills.ts";

const TONES: Readonly<Record<BillAnomaly, Tone>> = {
  parked: "bad",
  zero: "warn",
  more_than_twice: "warn",
  several: "warn",
  first: "info",
  final: "info",
};

/** A bill of a run to come, with what is odd about it. */
export function columnsFor(t: Translate, today: Temporal.PlainDate): ListColumn<PreviewRow>[] {
  return [
    {
      head: t("tables.subscriber"),
      cell: (row) => row.name,
      csvHead: "Name",
      csv: (row) => row.name,
      sortBy: "name",
    },
    { head: t("tables.account"), csvHead: "Account", csv: (row) => row.accountNumber },
    { head: t("tables.user"), csvHead: "PPPoE user", csv: (row) => row.pppName },
    {
      id: "look",
      head: t("runs.look_at"),
      cell: (row) => <Anomalies row={row} t={t} />,
      csvHead: "Look at",
      csv: (row) => row.anomalies.map((one) => t(`runs.anomaly_${one}`)).join(", "),
      phone: "full",
    },
    { head: t("tables.why"), csvHead: "Why", csv: (row) => row.why === null ? "" : codedText(t, row.why) },
    {
      id: "plan",
      head: t("tables.plan"),
      cell: (row) => row.planName,
      csv: (row) => row.planName,
      fit: true,
      minor: true,
    },
    { head: t("tables.period"), csvHead: "First day", csv: (row) => row.period?.start.toString() ?? "" },
    {
      head: t("tables.period"),
      csvHead: "Last day",
      csv: (row) => row.period?.end.subtract({ days: 1 }).toString() ?? "",
    },
    {
      id: "period",
      head: t("tables.period"),
      cell: (row) => row.period && formatPeriod(row.period.start, row.period.end, t.locale),
      fit: true,
      phone: "line",
    },
    {
      id: "due",
      head: t("tables.due"),
      cell: (row) => row.dueOn && shortDay(row.dueOn, today, t.locale),
      csv: (row) => row.dueOn?.toString() ?? "",
      fit: true,
      minor: true,
      phone: "hide",
    },
    {
      id: "last",
      head: t("runs.last_bill"),
      kind: "money",
      cell: (row) => row.lastCentavos !== null && <Money amount={row.lastCentavos} />,
      csv: (row) => row.lastCentavos === null ? "" : formatCentavosPlain(row.lastCentavos),
      minor: true,
    },
    {
      id: "amount",
      head: t("tables.amount"),
      kind: "money",
      cell: (row) => row.period !== null && <Money amount={row.totalCentavos} />,
      csv: (row) => row.period === null ? "" : formatCentavosPlain(row.totalCentavos),
      sortBy: "-amount",
    },
  ];
}

function Anomalies({ row, t }: { row: PreviewRow; t: Translate }) {
  if (row.anomalies.length === 0) return null;
  return (
    <>
      <span class="cluster">
        {row.anomalies.map((one) => <Pill key={one} tone={TONES[one]}>{t(`runs.anomaly_${one}`)}</Pill>)}
      </span>
      {row.why !== null && <div class="note">{codedText(t, row.why)}</div>}
    </>
  );
}
