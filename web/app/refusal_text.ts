import { sentence } from "@/web/format.ts";
import type { AppState } from "./state.ts";

/** What a use case says when it refuses. */
export interface Refusal {
  code: string;
  message: string;
}

/** A refused use case as a sentence for the person who asked: the only place where a refusal turns into text. */
export function refusalText(_state: Pick<AppState, "t">, refusal: Refusal): string {
  return sentence(refusal.message);
}
