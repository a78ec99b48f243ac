import { formatDateShort } from "@/shared/calendar/mod.ts";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import { StaleNote } from "@/web/components/facts/CommandStatus.tsx";
import { useT } from "@/web/components/i18n.ts";
import { LinkPill, Pill } from "@/web/components/facts/Pill.tsx";
import { formatTime } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { troubleKey } from "./link_words.ts";
import type { SiteOverviewRow } from "@/web/store/network/sites.ts";

/**
 * Where a site's agent stands. `frozen`: two machines used its key, so neither may connect. `refused`: it calls and is
 * sent away, being too old.
 */
export type AgentState = "none" | "online" | "offline" | "frozen" | "refused";

type Presence = Pick<
  SiteOverviewRow,
  "agent_id" | "agent_frozen_at" | "heartbeat_at" | "disconnected_at" | "refused_at" | "trouble_code"
>;

/** The state of a site's agent at this moment. */
export function agentState(site: Presence, now: Temporal.Instant): AgentState {
  if (site.agent_id === null) return "none";
  if (site.agent_frozen_at !== null) return "frozen";
  if (site.refused_at !== null) return "refused";
  if (site.heartbeat_at === null || site.disconnected_at !== null) return "offline";
  const age = now.epochMilliseconds - site.heartbeat_at.epochMilliseconds;
  return age > OFFLINE_AFTER_MS ? "offline" : "online";
}

/** The state as a pill, with the time of the last sign of life when it is gone. */
export function AgentPill({ site, now, zone }: { site: Presence; now: Temporal.Instant; zone: string }) {
  const t = useT();
  const state = agentState(site, now);
  if (state === "refused") return <Pill tone="bad">{t("live.refused")}</Pill>;
  if (state === "none") return <Pill tone="mute">{t("network.no_agent")}</Pill>;
  if (state === "frozen") return <Pill tone="bad">{t("network.stopped")}</Pill>;
  if (site.trouble_code !== null) return <Pill tone="bad">{t(troubleKey(site.trouble_code, ""))}</Pill>;
  if (state === "online") return <LinkPill state="online" />;
  return <LinkPill state="offline" suffix={describeLastSeen(t, site.heartbeat_at, now, zone)} />;
}

/** Above figures of a site or a router that nobody can ask now: `Last seen 14:02, showing saved data`. */
export function StaleFigures(
  { at, from, now, zone }: {
    at: Temporal.Instant | null;
    /** Whose sign of life it was. */
    from: "agent" | "router";
    now: Temporal.Instant;
    zone: string;
  },
) {
  const t = useT();
  if (at === null) return <StaleNote lastSeen={t("live.never_seen")} />;
  const time = describeMoment(t, at, now, zone);
  return <StaleNote lastSeen={t(from === "agent" ? "live.last_seen" : "live.last_read", { time })} />;
}

/** `last seen 14:02`, with the day when it was not today. */
export function describeLastSeen(
  t: Translate,
  at: Temporal.Instant | null,
  now: Temporal.Instant,
  zone: string,
): string {
  return at === null
    ? t("network.never")
    : t("network.last_seen", { time: describeMoment(t, at, now, zone) });
}

/** `14:02`, with the day when it was not today. */
export function describeMoment(
  t: Translate,
  at: Temporal.Instant,
  now: Temporal.Instant,
  zone: string,
): string {
  const day = at.toZonedDateTimeISO(zone).toPlainDate();
  const isToday = day.equals(now.toZonedDateTimeISO(zone).toPlainDate());
  const time = formatTime(at, zone);
  return isToday ? time : `${formatDateShort(day, t.locale)}, ${time}`;
}
