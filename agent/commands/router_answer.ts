import type { CommandResultOf } from "@/shared/protocol/mod.ts";
import { CommandError, type RunningCommand, settingsOf } from "./command.ts";

/** `router.answer`: what a person says to the question about a router. Goes into the journal, whether the router answers or not. */
export async function answerRouter(
  running: RunningCommand<"router.answer">,
): Promise<CommandResultOf<"router.answer">> {
  const { router_id, name } = settingsOf(running);
  const { question_id, answer } = running.args;
  const outcome = await running.context.answerRouter(router_id, question_id, answer);
  if (outcome !== "unfitting") return { outcome };
  throw new CommandError("bad_answer", `This is no answer to what is asked about ${name}.`);
}
