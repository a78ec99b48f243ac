import type { Result } from "@/shared/result.ts";
import { sqlState } from "@/web/store/db/unavailable.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/**
 * Runs a use case that gives a connection its PPP user. Two forms that take one PPP user in the same moment: the second finds it
 * taken. The agent is told after commit.
 */
export async function withPppName<T, C extends string>(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  body: (useCase: UseCase, tell: (agentId: string) => void) => Promise<Result<T, C>>,
): Promise<Result<T, C>> {
  const agents = new Set<string>();
  const run = () =>
    runUseCase<T, C>(context, tenantId, actor, (useCase) => {
      agents.clear();
      return body(useCase, (agentId) => agents.add(agentId));
    });
  let result: Result<T, C>;
  try {
    result = await run();
  } catch (error) {
    if (sqlState(error) !== "23505") throw error;
    result = await run();
  }
  for (const agentId of agents) context.notifyCommands(tenantId, agentId);
  return result;
}
