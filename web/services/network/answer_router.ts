import { coded } from "@/shared/codes/mod.ts";
import { commandSpecs, type RouterAnswer, type RouterQuestion } from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type CommandRow, findLastAnswer } from "@/web/store/network/commands.ts";
import { lockRouter } from "@/web/store/network/routers.ts";
import { questionOf } from "@/web/store/network/router_standing.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { type NoAgent, queueRouterCommand } from "./commands/queue_command.ts";
import { recordNetworkAudit } from "./network_audit.ts";

const ANSWERS: Readonly<Record<RouterQuestion["kind"], readonly RouterAnswer[]>> = {
  identity_changed: ["same_router"],
  changed_at_once: ["apply_books", "leave"],
};

/** An agent that took an answer and asks on after this long did not do with it what it meant to: a person may answer again. */
const SETTLED_MINUTES = 10;

/** What was answered and stands. */
export interface StandingAnswer {
  command: CommandRow;
  answer: RouterAnswer;
  /** It has not reached the agent, or the agent has not said what it makes of it. */
  isOnWay: boolean;
}

/** The answer that a question waits with; null when a person is still to answer, also after one that failed. */
export function standingAnswer(command: CommandRow | null, now: Temporal.Instant): StandingAnswer | null {
  if (command === null) return null;
  const parsed = commandSpecs["router.answer"].arguments.safeParse(command.arguments);
  if (!parsed.success) return null;
  const { answer } = parsed.data;
  if (command.status === "queued" || command.status === "sent") {
    const isOpen = Temporal.Instant.compare(command.not_after_at, now) > 0;
    return isOpen ? { command, answer, isOnWay: true } : null;
  }
  const settled = command.finished_at?.add({ minutes: SETTLED_MINUTES });
  if (command.status !== "done" || settled === undefined) return null;
  return Temporal.Instant.compare(settled, now) > 0 ? { command, answer, isOnWay: false } : null;
}

/**
 * Sends a person's answer to what the agent asks of a router. The question stays until the agent says that it asks no
 * more. The same answer twice is one; another one while the first stands is refused.
 */
export async function answerRouter(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { routerId: string; questionId: string; answer: RouterAnswer },
): Promise<
  Result<
    { commandId: string },
    NoAgent | "router_not_found" | "question_gone" | "question_answered" | "answer_unfit"
  >
> {
  const { routerId, questionId, answer } = input;
  const result = await runUseCase(context, tenantId, actor, async ({ trx, at }) => {
    const router = await lockRouter(trx, routerId);
    if (router === null) return err("router_not_found");
    const question = questionOf(router);
    if (question?.id !== questionId) return err("question_gone");
    if (!ANSWERS[question.kind].includes(answer)) return err("answer_unfit");
    const standing = standingAnswer(await findLastAnswer(trx, routerId, questionId), at);
    if (standing !== null) {
      const { command } = standing;
      return standing.answer === answer
        ? ok({ commandId: command.id, agentId: command.agent_id })
        : err("question_answered", { by: command.requested_by });
    }
    const queued = await queueRouterCommand(trx, context, actor, {
      router,
      kind: "router.answer",
      arguments: { question_id: questionId, answer },
    });
    if (!queued.ok) return queued;
    await recordNetworkAudit(trx, context, actor, {
      action: "router.answered",
      subjectKind: "router",
      subjectId: routerId,
      summary: coded("audit_router_answered", { router: router.name, answer, count: question.enabled }),
      details: { question: question.kind, question_id: questionId, answer, of: question.of },
    });
    return queued;
  });
  if (!result.ok) return result;
  context.notifyCommands(tenantId, result.value.agentId);
  return ok({ commandId: result.value.commandId });
}
