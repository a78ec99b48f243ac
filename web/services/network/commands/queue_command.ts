import { uuidv7 } from "@/shared/ids.ts";
import type { CommandKind } from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type AgentRow, findLiveAgent } from "@/web/store/network/agents.ts";
import { findOpenCommand, insertCommand } from "@/web/store/network/commands.ts";
import { type RouterRow } from "@/web/store/network/routers.ts";
import { findSite } from "@/web/store/network/sites.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { Actor, ServiceContext } from "../../context.ts";
import { WEB_COMMANDS } from "./command_registry.ts";

/** A command that is on its way, and whom to wake after commit. */
export interface QueuedCommand {
  commandId: string;
  agentId: string;
}

/** Why a router cannot be asked anything now. */
export type NoAgent = "router_archived" | "agent_missing" | "credentials_missing";

/**
 * Puts a command for a router in its agent's outbox. One that asks the same and still waits is used instead, so that a
 * second click does not ask twice.
 */
export async function queueRouterCommand(
  trx: TenantTransaction,
  context: ServiceContext,
  actor: Actor,
  wanted: {
    router: RouterRow;
    kind: CommandKind;
    /** As a function where they depend on who gets it, as a sealed password does. */
    arguments?:
      | Record<string, unknown>
      | ((command: { id: string; agent: AgentRow }) => Promise<Record<string, unknown>>);
  },
): Promise<Result<QueuedCommand, NoAgent>> {
  const { router, kind } = wanted;
  if (router.archived_at !== null) return err("router_archived", { name: router.name });
  const agent = await findLiveAgent(trx, router.site_id);
  if (agent === null) {
    return err("agent_missing", { site: (await findSite(trx, router.site_id))?.name ?? "" });
  }
  if (router.sealed_to_agent_id !== agent.id) {
    return err("credentials_missing", { name: router.name });
  }
  const now = context.clock.now();
  const open = await findOpenCommand(trx, router.id, { kind, now });
  if (open !== null && open.agent_id === agent.id && wanted.arguments === undefined) {
    return ok({ commandId: open.id, agentId: agent.id });
  }
  const id = uuidv7(now.epochMilliseconds);
  const given = wanted.arguments ?? {};
  await insertCommand(trx, {
    id,
    agent_id: agent.id,
    router_id: router.id,
    kind,
    arguments: typeof given === "function" ? await given({ id, agent }) : given,
    requested_by: actor.label,
    requested_at: now,
    not_after_at: now.add({ seconds: WEB_COMMANDS[kind].deadlineSeconds }),
  });
  return ok({ commandId: id, agentId: agent.id });
}
