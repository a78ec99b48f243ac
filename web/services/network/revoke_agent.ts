import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findAgent, updateAgentRevoked } from "@/web/store/network/agents.ts";
import { updateRoutersOfSite } from "@/web/store/network/routers.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { closeCommandsOfRevoked } from "./commands/expire_commands.ts";
import { recordNetworkAudit } from "./network_audit.ts";

/**
 * Ends an agent's right to connect; its live link closes within a second. Its routers stay as they are, and need their
 * passwords again once another agent is enrolled.
 */
export async function revokeAgent(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { agentId: string },
): Promise<Result<null, "agent_not_found">> {
  const now = context.clock.now();
  const result = await runUseCase(context, tenantId, actor, async ({ trx }) => {
    const agent = await findAgent(trx, input.agentId);
    if (agent === null) return err("agent_not_found");
    if (!await updateAgentRevoked(trx, agent.id, now)) return ok(null);
    await closeCommandsOfRevoked(trx, agent.id, now);
    await updateRoutersOfSite(trx, agent.site_id, {
      status: "unknown",
      message: formatCoded(coded("router_agent_revoked")),
      now,
    });
    await recordNetworkAudit(trx, context, actor, {
      action: "agent.revoked",
      subjectKind: "agent",
      subjectId: agent.id,
      summary: coded("audit_agent_revoked", { agent: agent.name }),
    });
    return ok(null);
  });
  if (result.ok) context.notifyCommands(tenantId, input.agentId);
  return result;
}
