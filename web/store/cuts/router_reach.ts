import { type RawBuilder, sql } from "kysely";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";

/** Why a router makes no cuts now; `unknown` while its agent is away. */
export const CUT_STOPS = ["unknown", "unreachable", "asks", "uplink_down"] as const;
export type CutStop = (typeof CUT_STOPS)[number];

/** Whether a router makes cuts now. It never decides a cut; it says when the cut will be seen. */
export type RouterReach = "online" | CutStop;

/** Reach of a router `r` whose agent was heard of in `seen`, a row of agent_presence that is still connected. */
export function routerReach(now: Temporal.Instant): RawBuilder<RouterReach> {
  const freshAfter = now.subtract({ milliseconds: OFFLINE_AFTER_MS });
  return sql`case when seen.heartbeat_at is null or seen.heartbeat_at <= ${freshAfter} then 'unknown'
    when r.question is not null and r.status in ('online', 'wrong_router') then 'asks'
    when r.status = 'online' and r.remarks @> '[{"code": "router_uplink_down"}]' then 'uplink_down'
    when r.status in ('online', 'unknown') then r.status else 'unreachable' end`;
}
