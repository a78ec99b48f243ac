import { commandSpecs, type RouterAnswer } from "@/shared/protocol/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { CommandRow } from "@/web/store/network/commands.ts";

/** What an answer does, as its button says it; a cut says how many. */
export function answerWord(t: Translate, answer: RouterAnswer, enabled = 0): string {
  if (answer === "same_router") return t("network.answer_same_router");
  if (answer === "apply_books") return t("network.answer_apply_books", { n: enabled });
  return enabled > 0 ? t("network.answer_leave_on") : t("network.answer_leave");
}

/** The answer that a command carries; null for another command. */
export function answerOf(command: CommandRow): RouterAnswer | null {
  if (command.kind !== "router.answer") return null;
  return commandSpecs["router.answer"].arguments.safeParse(command.arguments).data?.answer ?? null;
}

/** What the agent made of an answer; null while it has said nothing, and when it failed. */
export function outcomeOf(command: CommandRow): "taken" | "gone" | null {
  if (command.kind !== "router.answer" || command.status !== "done") return null;
  return commandSpecs["router.answer"].result.safeParse(command.result).data?.outcome ?? null;
}
