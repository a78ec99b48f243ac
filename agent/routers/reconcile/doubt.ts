import { MAX_QUESTION_EXAMPLES, MAX_ROUTER_SECRETS } from "@/shared/protocol/mod.ts";
import type { OpenQuestion } from "../../journal/marks_store.ts";
import type { Comparison } from "./hand_changes.ts";

/** Fewer contradictions than this are a person at work. */
const AT_ONCE = 3;

/**
 * Whether so much contradicts what was done and seen that no person did it one by one: a backup was restored, or the
 * router replaced. Once asked, the question stands until nothing contradicts any more.
 */
export function isInDoubt(found: Comparison, isAsked: boolean): boolean {
  if (isAsked) return found.contradicted.length + found.gone.length > 0;
  return isMost(found.contradicted.length, found.markedCount) || isMost(found.gone.length, found.seenCount);
}

function isMost(count: number, all: number): boolean {
  return count >= AT_ONCE && 2 * count >= all;
}

/**
 * Whether an answer to this question is one to what is found now: a person who said to cut four has not said to cut
 * eight, so that a question with further accounts is another one.
 */
export function isAbout({ covered }: OpenQuestion, { contradicted }: Comparison): boolean {
  const known = new Set(covered);
  return contradicted.every((name) => known.has(name));
}

/** Whether all that contradicts is known to have been otherwise at the look before. */
export function isSudden({ contradicted, enabled }: Comparison): boolean {
  return enabled.length === contradicted.length;
}

/** The question as it stands by this reading. */
export function changedAtOnce(
  { contradicted, gone }: Comparison,
  asked: { id: string; asked_ms: number; of: number; isSudden: boolean },
): OpenQuestion {
  return {
    id: asked.id,
    kind: "changed_at_once",
    asked_ms: asked.asked_ms,
    known: null,
    found: null,
    of: Math.min(asked.of, MAX_ROUTER_SECRETS),
    enabled: Math.min(contradicted.length, MAX_ROUTER_SECRETS),
    missing: Math.min(gone.length, MAX_ROUTER_SECRETS),
    examples: [...contradicted, ...gone].slice(0, MAX_QUESTION_EXAMPLES),
    covered: [...contradicted],
    is_sudden: asked.isSudden,
  };
}
