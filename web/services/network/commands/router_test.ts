import { routerStatus } from "@/shared/protocol/mod.ts";
import { recordRouterContact } from "../agent_link/router_contact.ts";
import type { Answered, AnswerEffects } from "./command_registry.ts";

/** What a test found, or how it failed, is how a router stands of which the agent said nothing yet. */
export async function keepRouterTest(answer: Answered<"router.test">): Promise<AnswerEffects> {
  const { trx, agent, command, result, now } = answer;
  if (command.router_id === null) return {};
  const contact = { siteId: agent.siteId, routerId: command.router_id, now, isOfTest: true };
  if (result !== null) {
    const { identity } = result;
    return {
      isAgentConcerned: await recordRouterContact(trx, {
        ...contact,
        status: "online",
        message: null,
        identity,
      }),
    };
  }
  const status = routerStatus.safeParse(command.error_code);
  if (!status.success) return {};
  const failed = { status: status.data, message: command.error_message, identity: null };
  return { isAgentConcerned: await recordRouterContact(trx, { ...contact, ...failed }) };
}
