import { commandSpecs } from "@/shared/protocol/mod.ts";
import { findRouter, updateRouter } from "@/web/store/network/routers.ts";
import { questionOf } from "@/web/store/network/router_standing.ts";
import type { Answered, AnswerEffects } from "./command_registry.ts";

/** The agent took the answer, and says itself when it asks no more; or it had stopped asking, and then so does the page. */
export async function keepRouterAnswer(
  { trx, command, result }: Answered<"router.answer">,
): Promise<AnswerEffects> {
  const { router_id: routerId } = command;
  if (result?.outcome !== "gone" || routerId === null) return {};
  const router = await findRouter(trx, routerId);
  const answered = commandSpecs["router.answer"].arguments.safeParse(command.arguments);
  if (router === null || questionOf(router)?.id !== answered.data?.question_id) return {};
  await updateRouter(trx, routerId, { question: null }, { raisesSettings: false });
  return {};
}
