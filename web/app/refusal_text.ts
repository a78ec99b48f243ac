import { type CodedValue, findRefusal } from "@/shared/codes/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { sentence } from "@/web/format.ts";
import type { AppState } from "./state.ts";

/** What a use case says when it refuses. */
export interface Refusal {
  code: string;
  values: Readonly<Record<string, CodedValue>>;
  message: string;
}

/** A refused use case as a sentence for the person who asked, in their language: the only place where that is made. */
export function refusalText({ t }: Pick<AppState, "t">, refusal: Refusal): string {
  const isCoded = refusal.message === "" && findRefusal(refusal.code) !== null;
  return isCoded ? codedText(t, refusal) : sentence(refusal.message);
}
