import type { RouterAnswer } from "@/shared/protocol/mod.ts";
import type { Marks, MarksStore, OpenQuestion } from "../../journal/marks_store.ts";
import type { SeenStore } from "../../journal/seen_store.ts";

/** `gone`: it is not asked any more; `unfitting`: the answer is one to another kind of question. */
export type AnswerOutcome = "taken" | "gone" | "unfitting";

/** Takes a person's answer into the journal. Nothing is read or written on the router. */
export async function takeAnswer(
  { marks, seen }: { marks: MarksStore; seen: SeenStore },
  questionId: string,
  answer: RouterAnswer,
): Promise<AnswerOutcome> {
  const { question } = marks.current;
  if (question?.id !== questionId) return "gone";
  if ((answer === "same_router") !== (question.kind === "identity_changed")) return "unfitting";
  // How it stands now is how it is meant to be seen; a question that is still open is answered again after a crash.
  if (question.kind === "changed_at_once") await seen.clear();
  await marks.answer(questionId, FOLLOW[answer]);
  return "taken";
}

const FOLLOW: Readonly<Record<RouterAnswer, (marks: Marks, question: OpenQuestion) => Marks>> = {
  same_router: (marks, { found }) => ({
    ...marks,
    bound: marks.bound === null ? null : { ...marks.bound, identity: found },
  }),
  /** Without a mark they are to be cut as if for the first time: under a permit. */
  apply_books: (marks, { covered }) => {
    const gone = new Set(covered);
    const kept = Object.entries(marks.cuts).filter(([name]) => !gone.has(name));
    return { ...marks, cuts: Object.fromEntries(kept) };
  },
  leave: (marks, { covered }) => {
    const left = covered.flatMap((name) => {
      const mark = marks.cuts[name];
      return mark === undefined ? [] : [[name, { ...mark, left: true }] as const];
    });
    return { ...marks, cuts: { ...marks.cuts, ...Object.fromEntries(left) } };
  },
};
