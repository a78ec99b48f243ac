import { Card } from "@/web/components/facts/Card.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { useT } from "@/web/components/i18n.ts";
import { formatInstant } from "@/web/format.ts";
import type { OutageHistoryRow } from "@/web/store/billing/outage_report.ts";

/** Who said what of an outage and when: a correction is a line more, and the line before it stays. */
export function OutageHistory({ rows, zone }: { rows: readonly OutageHistoryRow[]; zone: string }) {
  const t = useT();
  const at = (text: string) => formatInstant(Temporal.Instant.from(text), zone, t);
  return (
    <Card title={t("outages.history")}>
      <ul>
        {rows.map(({ at: said, actor, summary, details: { from, to } }) => (
          <li>
            {formatInstant(said, zone, t)}, {actor}: <StoredText text={summary} />
            {from !== undefined &&
              ` (${at(from)} – ${to === null || to === undefined ? t("outages.lasts") : at(to)})`}
          </li>
        ))}
      </ul>
    </Card>
  );
}
