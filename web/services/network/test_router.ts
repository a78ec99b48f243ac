import { err, ok, type Result } from "@/shared/result.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { type NoAgent, queueRouterCommand } from "./commands/queue_command.ts";

/** Asks the agent to sign in to a router and say what it found. The answer is the command's result. */
export async function testRouter(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { routerId: string },
): Promise<Result<{ commandId: string }, NoAgent | "router_not_found">> {
  const result = await runUseCase(context, tenantId, actor, async ({ trx }) => {
    const router = await findRouter(trx, input.routerId);
    if (router === null) return err("router_not_found");
    return await queueRouterCommand(trx, context, actor, { router, kind: "router.test" });
  });
  if (!result.ok) return result;
  context.notifyCommands(tenantId, result.value.agentId);
  return ok({ commandId: result.value.commandId });
}
