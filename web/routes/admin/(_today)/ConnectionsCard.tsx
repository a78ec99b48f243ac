import { Card } from "@/web/components/Card.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { SUBSCRIPTION_STATE_WORDS } from "@/web/domain/provisioning/mod.ts";
import { formatCount } from "@/web/format.ts";
import type { TodayFigures } from "@/web/store/today.ts";
import { address } from "../(_billing)/page_context.ts";

const LINKS = [["online", "Online"], ["offline", "Offline"], ["unknown", "Unknown"]] as const;
const STATES = ["active", "held", "disconnected", "pending_install"] as const;

/** How many connections are in which state; each figure leads to its rows. */
export function ConnectionsCard({ figures: { connections, states } }: { figures: TodayFigures }) {
  return (
    <Card title="Connections">
      <FactList
        sum
        facts={[
          ...LINKS.map(([connection, label]) => ({
            label,
            value: (
              <a href={address("/admin/subscribers", { connection })}>
                {formatCount(connections[connection])}
              </a>
            ),
          })),
          ...STATES.filter((service) => (states[service] ?? 0) > 0).map((service) => ({
            label: SUBSCRIPTION_STATE_WORDS[service],
            value: (
              <a href={address("/admin/subscribers", { service })}>{formatCount(states[service] ?? 0)}</a>
            ),
          })),
        ]}
      />
    </Card>
  );
}
