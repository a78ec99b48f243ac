import { formatDateShort } from "@/shared/calendar/mod.ts";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import { LinkPill, Pill } from "@/web/components/Pill.tsx";
import { formatTime } from "@/web/format.ts";
import type { SiteOverviewRow } from "@/web/store/sites.ts";

/** Where a site's agent stands. `frozen`: two machines used its key, so neither may connect. */
export type AgentState = "none" | "online" | "offline" | "frozen";

type Presence = Pick<SiteOverviewRow, "agent_id" | "agent_frozen_at" | "heartbeat_at" | "disconnected_at">;

/** The state of a site's agent at this moment. */
export function agentState(site: Presence, now: Temporal.Instant): AgentState {
  if (site.agent_id === null) return "none";
  if (site.agent_frozen_at !== null) return "frozen";
  if (site.heartbeat_at === null || site.disconnected_at !== null) return "offline";
  const age = now.epochMilliseconds - site.heartbeat_at.epochMilliseconds;
  return age > OFFLINE_AFTER_MS ? "offline" : "online";
}

/** The state as a pill, with the time of the last sign of life when it is gone. */
export function AgentPill({ site, now, zone }: { site: Presence; now: Temporal.Instant; zone: string }) {
  const state = agentState(site, now);
  if (state === "none") return <Pill tone="mute">No agent</Pill>;
  if (state === "frozen") return <Pill tone="bad">Stopped</Pill>;
  if (state === "online") return <LinkPill state="online" />;
  return <LinkPill state="offline" suffix={describeLastSeen(site.heartbeat_at, now, zone)} />;
}

/** `last seen 14:02`, with the day when it was not today. */
export function describeLastSeen(at: Temporal.Instant | null, now: Temporal.Instant, zone: string): string {
  if (at === null) return "never seen";
  const day = at.toZonedDateTimeISO(zone).toPlainDate();
  const isToday = day.equals(now.toZonedDateTimeISO(zone).toPlainDate());
  const time = formatTime(at, zone);
  return isToday ? `last seen ${time}` : `last seen ${formatDateShort(day)}, ${time}`;
}
