import { Card } from "@/web/components/facts/Card.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import { ConnectionPill, LinkPill } from "@/web/components/facts/Pill.tsx";
import { formatCount } from "@/web/format.ts";
import { CONNECTION_FIGURES, type ConnectionFigure } from "@/web/store/live/today_connections.ts";
import type { TodayFigures } from "@/web/store/live/today.ts";
import { subscribersOf } from "./links.ts";

/** Online ones stand among the figures on top. */
const LINKS = ["offline", "unknown"] as const;
const SERVICES = ["held", "disconnected", "pending_install", "cancelled"] as const;

/** How many connections are in which state; each figure leads to its rows. */
export function ConnectionsCard({ figures: { connections } }: { figures: TodayFigures }) {
  const t = useT();
  const figure = (name: ConnectionFigure) => (
    <a href={subscribersOf(CONNECTION_FIGURES[name])}>{formatCount(connections[name].count)}</a>
  );
  const facts: Fact[] = [
    ...LINKS.map((name) => ({ label: <LinkPill state={name} />, value: figure(name) })),
    ...SERVICES.filter((name) => connections[name].count > 0).map((name) => ({
      label: <ConnectionPill state={name === "pending_install" ? "pending" : name} />,
      value: figure(name),
    })),
  ];
  return (
    <Card title={t("today.not_online")}>
      <FactList sum facts={facts} />
      {connections.unknown.count > 0 && <p class="note">{t("today.unknown_why")}</p>}
    </Card>
  );
}
