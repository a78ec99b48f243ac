import { type AgentMessage, commandSpecs, isCommandKind, MAX_ANSWER_BYTES } from "@/shared/protocol/mod.ts";
import type { LinkIdentity } from "@/web/gateways/agent_hub/mod.ts";
import {
  type CommandRow,
  findCommand,
  findOpenCommandOfAgent,
  updateCommandFinished,
  upsertCommandPart,
} from "@/web/store/network/commands.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../../context.ts";
import { agentWords } from "../agent_words.ts";
import { noteCommandFailed } from "../network_log.ts";
import { type AnswerEffects, LATE_KINDS, WEB_COMMANDS } from "./command_registry.ts";

type Result = Omit<Extract<AgentMessage, { t: "command.result" }>, "t" | "seq" | "ack">;
type Part = Extract<AgentMessage, { t: "command.part" }>;

/** Keeps how a command ended, and does what follows, in one transaction: a crash leaves either both or neither. */
export async function keepCommandResult(
  context: ServiceContext,
  agent: LinkIdentity,
  result: Result,
): Promise<void> {
  const effects = await withTenant(
    context.db,
    agent.tenantId,
    (trx) => keepResult(trx, context, { agent, result }),
    { isRepeatable: true },
  );
  if (effects.routerIds !== undefined && effects.routerIds.length > 0) {
    context.notifyRouters(agent.tenantId, effects.routerIds);
  }
  if (effects.isAgentConcerned === true) context.notifyCommands(agent.tenantId, agent.agentId);
}

/** Keeps one part of a long answer. One that is not what its kind's schema wants, or is too much, fails the command. */
export async function keepCommandPart(
  context: ServiceContext,
  agent: LinkIdentity,
  part: Part,
): Promise<void> {
  const problem = await withTenant(context.db, agent.tenantId, async (trx) => {
    const command = await findOpenCommandOfAgent(trx, agent.agentId, part.id);
    if (command === null) return null;
    const schema = isCommandKind(command.kind) ? commandSpecs[command.kind].part : null;
    if (schema === null) return "parts";
    const parsed = schema.safeParse(part.content);
    if (!parsed.success) return `part ${part.part}: ${parsed.error.issues[0]?.path.join(".") ?? "content"}`;
    const isKept = await upsertCommandPart(trx, {
      commandId: part.id,
      part: part.part,
      content: parsed.data,
      mostBytes: MAX_ANSWER_BYTES,
    });
    return isKept ? null : `more than ${MAX_ANSWER_BYTES / 1_048_576} MB`;
  });
  if (problem !== null) await refuseCommandAnswer(context, agent, { commandId: part.id, detail: problem });
}

/** What the agent answered was not taken, so the command failed: whoever asked reads why. */
export async function refuseCommandAnswer(
  context: ServiceContext,
  agent: LinkIdentity,
  refused: { commandId: string; detail: string },
): Promise<void> {
  await keepCommandResult(context, agent, {
    id: refused.commandId,
    status: "failed",
    error_code: "answer_refused",
    error_message: refused.detail,
  });
}

async function keepResult(
  trx: TenantTransaction,
  context: ServiceContext,
  { agent, result }: { agent: LinkIdentity; result: Result },
): Promise<AnswerEffects> {
  const asked = await findCommand(trx, result.id);
  if (asked === null || asked.agent_id !== agent.agentId || !isCommandKind(asked.kind)) return {};
  const now = context.clock.now();
  const final = checked(asked, result);
  const command = await updateCommandFinished(trx, agent.agentId, {
    id: result.id,
    status: final.status,
    result: final.result,
    errorCode: final.error_code ?? null,
    errorMessage: agentWords(final.error_code ?? null, final.error_message ?? null),
    lateKinds: LATE_KINDS,
    now,
  });
  if (command === null) return {};
  if (command.status === "failed" || command.status === "outcome_unknown") {
    await noteCommandFailed(trx, command, now);
  }
  const value = final.status === "done" ? final.result as never : null;
  return await WEB_COMMANDS[command.kind].answered({ trx, context, agent, command, result: value, now });
}

/** A yes whose result is not what its kind's schema wants is a no. */
function checked(command: CommandRow, result: Result): Result {
  if (result.status !== "done") return { ...result, result: undefined };
  const parsed = commandSpecs[command.kind].result.safeParse(result.result);
  if (parsed.success) return { ...result, result: parsed.data };
  return {
    id: result.id,
    status: "failed",
    error_code: "answer_refused",
    error_message: `done, but unreadable: ${parsed.error.issues[0]?.path.join(".") || "result"}`,
  };
}
