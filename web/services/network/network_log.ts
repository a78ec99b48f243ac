import { type Coded, coded, codedOf, formatCoded, type ValuesOf } from "@/shared/codes/mod.ts";
import type { RouterStatus } from "@/shared/protocol/mod.ts";
import {
  countSystemLog,
  findLastEvent,
  insertSystemLog,
  insertSystemLogOnce,
} from "@/web/store/access/system_log.ts";
import { listAgentsAway } from "@/web/store/network/agent_presence.ts";
import type { CommandRow } from "@/web/store/network/commands.ts";
import type { RouterRow } from "@/web/store/network/routers.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../context.ts";

/** A link that breaks and is back sooner is nothing that somebody looks for. */
const AWAY_MINUTES = 10;
/** What an agent does again with each try is one line a day. */
const ONCE_HOURS = 24;
const AWAY_EVENTS = ["agent_away", "agent_back"] as const;

/** Writes down which agents have been away for long; each absence once. */
export async function noteAgentsAway(context: ServiceContext, tenantId: string): Promise<void> {
  const now = context.clock.now();
  const before = now.subtract({ minutes: AWAY_MINUTES });
  await withTenant(context.db, tenantId, async (trx) => {
    for (const agent of await listAgentsAway(trx, { before, event: "agent_away" })) {
      const minutes = Math.round(now.since(agent.last_seen_at).total("minutes"));
      await insertSystemLog(trx, {
        at: now,
        level: "warn",
        source: "agents",
        event: "agent_away",
        message: formatCoded(coded("log_agent_away", { minutes })),
        reference: agent.agent_id,
        fields: { agent_id: agent.agent_id },
      });
    }
  }, { isRepeatable: true });
}

/** An agent is there again: said where its absence was. */
export async function noteAgentBack(
  trx: TenantTransaction,
  agentId: string,
  now: Temporal.Instant,
): Promise<void> {
  if (await findLastEvent(trx, { events: AWAY_EVENTS, reference: agentId }) !== "agent_away") return;
  await insertSystemLog(trx, {
    at: now,
    level: "info",
    source: "agents",
    event: "agent_back",
    message: formatCoded(coded("log_agent_back")),
    reference: agentId,
    fields: { agent_id: agentId },
  });
}

/** An agent was sent away, and why. */
export async function noteAgentSentAway(
  trx: TenantTransaction,
  agentId: string,
  { why, now }: { why: ValuesOf<"log_agent_sent_away">["why"]; now: Temporal.Instant },
): Promise<void> {
  await insertSystemLogOnce(trx, {
    at: now,
    level: "error",
    source: "agents",
    event: `agent_${why}`,
    message: formatCoded(coded("log_agent_sent_away", { why })),
    reference: agentId,
    fields: { agent_id: agentId },
  }, { hours: ONCE_HOURS });
}

/** Two machines take turns with one identity, which was frozen. */
export async function noteAgentFrozen(
  trx: TenantTransaction,
  agentId: string,
  now: Temporal.Instant,
): Promise<void> {
  await insertSystemLog(trx, {
    at: now,
    level: "error",
    source: "agents",
    event: "agent_frozen",
    message: formatCoded(coded("log_agent_twice")),
    reference: agentId,
    fields: { agent_id: agentId },
  });
}

/** What an agent says about a router was not taken. */
export async function noteReportRefused(
  trx: TenantTransaction,
  routerId: string,
  { why, now }: { why: ValuesOf<"log_report_refused">["why"]; now: Temporal.Instant },
): Promise<void> {
  await insertSystemLogOnce(trx, {
    at: now,
    level: "warn",
    source: "routers",
    event: `router_report_${why}`,
    message: formatCoded(coded("log_report_refused", { why })),
    reference: routerId,
    fields: { router_id: routerId },
  }, { hours: ONCE_HOURS });
}

/** The guard of an agent holds disables back. */
export async function noteRouterHeld(
  trx: TenantTransaction,
  routerId: string,
  { count, now }: { count: number; now: Temporal.Instant },
): Promise<void> {
  if (count === 0) return;
  await insertSystemLogOnce(trx, {
    at: now,
    level: "warn",
    source: "routers",
    event: "router_held",
    message: formatCoded(coded("log_router_held", { count })),
    reference: routerId,
    fields: { router_id: routerId },
  }, { hours: ONCE_HOURS });
}

/** A router stands otherwise than it did; one that comes and goes is a line an hour with a count. */
export async function noteRouterStatus(
  trx: TenantTransaction,
  before: Pick<RouterRow, "id" | "status">,
  { status, message, now }: { status: RouterStatus; message: string | null; now: Temporal.Instant },
): Promise<void> {
  if (status === before.status || (status === "online" && before.status === "unknown")) return;
  const isBack = status === "online";
  const said: Coded = isBack
    ? coded("log_router_back")
    : message === null
    ? coded("log_router_away")
    : codedOf(message);
  await countSystemLog(trx, {
    at: now,
    level: isBack ? "info" : "warn",
    source: "routers",
    event: `router_${status}`,
    message: formatCoded(said),
    reference: before.id,
    fields: { router_id: before.id },
  }, before.id);
}

/** A command did not do what somebody asked for. */
export async function noteCommandFailed(
  trx: TenantTransaction,
  command: CommandRow,
  now: Temporal.Instant,
): Promise<void> {
  const name = command.kind.replaceAll(".", "_") as ValuesOf<"log_command_unsaid">["command"];
  const message = command.error_message === null
    ? coded("log_command_unsaid", { command: name })
    : coded("log_command_failed", { command: name, why: codedOf(command.error_message) });
  await countSystemLog(trx, {
    at: now,
    level: "warn",
    source: command.router_id === null ? "agents" : "routers",
    event: "command_failed",
    message: formatCoded(message),
    reference: command.id,
    fields: {
      agent_id: command.agent_id,
      ...(command.router_id === null ? {} : { router_id: command.router_id }),
    },
  }, `${command.router_id ?? command.agent_id}:${command.kind}:${command.error_code}`);
}
