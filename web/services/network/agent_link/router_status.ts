import type { AgentMessage } from "@/shared/protocol/mod.ts";
import type { LinkIdentity } from "@/web/gateways/agent_hub/mod.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { updateRouterTaken } from "@/web/store/network/routers.ts";
import type { ServiceContext } from "../../context.ts";
import { agentWords } from "../agent_words.ts";
import { recordRouterContact } from "./router_contact.ts";

type Status = Extract<AgentMessage, { t: "router.status" }>;

/** A state whose word means something else as the code of a command. */
const STATE_CODES: Readonly<Record<string, string>> = { unsupported: "unsupported_version" };

/** Keeps how an agent says that a router stands: its state, what is not as it should be, what a person is asked. */
export async function keepRouterStatus(
  context: ServiceContext,
  agent: LinkIdentity,
  message: Status,
): Promise<void> {
  const { router_id: routerId, status, identity, remarks = [], question = null } = message;
  const contact = {
    siteId: agent.siteId,
    routerId,
    status,
    message: agentWords(message.code ?? STATE_CODES[status] ?? status, message.message),
    identity,
    now: context.clock.now(),
    standing: {
      remarks: remarks.map(({ code, message: said }) => ({ code, message: agentWords(code, said) ?? "" })),
      question,
    },
    isOfTest: false,
  };
  const isBound = await withTenant(context.db, agent.tenantId, async (trx) => {
    await updateRouterTaken(trx, { siteId: agent.siteId, routerId, about: message.t });
    return await recordRouterContact(trx, contact);
  });
  if (isBound) context.notifyCommands(agent.tenantId, agent.agentId);
}
