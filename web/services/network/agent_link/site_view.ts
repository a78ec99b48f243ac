import { sha256Hex } from "@/shared/crypto/mod.ts";
import type { LinkIdentity, SiteView } from "@/web/gateways/agent_hub/mod.ts";
import { type AgentRow, findAgent } from "@/web/store/network/agents.ts";
import { type CommandRow, listOpenCommands, listWithdrawnCommandIds } from "@/web/store/network/commands.ts";
import { listRouterStates } from "@/web/store/network/router_states.ts";
import { listRouters, type RouterRow } from "@/web/store/network/routers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { settingsOf } from "../site_room.ts";
import { closeOverdueCommands } from "../commands/expire_commands.ts";

/** Everything that the link of one agent has to compare. Commands whose time is over are closed on the way. */
export async function viewSite(
  trx: TenantTransaction,
  link: LinkIdentity,
  now: Temporal.Instant,
): Promise<SiteView> {
  const agent = await findAgent(trx, link.agentId);
  if (agent === null) throw new Error(`Cannot view site of agent ${link.agentId}: it does not exist`);
  await closeOverdueCommands(trx, link.agentId, now);
  // Credentials that were sealed to an older agent are of no use to this one, so its routers wait for a person.
  const routers = (await listRouters(trx, link.siteId)).filter((r) => r.sealed_to_agent_id === agent.id);
  const managed = new Set(routers.map((router) => router.id));
  const states = (await listRouterStates(trx, link.siteId)).filter((state) => managed.has(state.router_id));
  return {
    epoch: agent.epoch,
    revokedAtMs: agent.revoked_at?.epochMilliseconds ?? null,
    isFrozen: agent.frozen_at !== null,
    settings: { version: await settingsVersion(agent, routers), routers: routers.map(settingsOf) },
    states: states.map((state) => ({
      routerId: state.router_id,
      lineage: state.lineage,
      generation: state.generation,
      hash: state.hash,
    })),
    commands: (await listOpenCommands(trx, agent.id, now)).map(commandOf),
    withdrawnCommandIds: await listWithdrawnCommandIds(trx, agent.id, now),
  };
}

/** Names one content of the settings: equal text, equal settings. */
async function settingsVersion(agent: AgentRow, routers: readonly RouterRow[]): Promise<string> {
  const marks = [...routers].sort((a, b) => a.id < b.id ? -1 : 1)
    .map((router) => `${router.id}:${router.settings_version}`);
  return (await sha256Hex([agent.id, ...marks].join("\n"))).slice(0, 32);
}

function commandOf(command: CommandRow): SiteView["commands"][number] {
  return {
    t: "command",
    id: command.id,
    kind: command.kind,
    router_id: command.router_id,
    arguments: command.arguments,
    not_after_ms: command.not_after_at.epochMilliseconds,
  };
}
