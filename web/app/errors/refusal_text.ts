import type { Failure } from "@/shared/result.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { AppState } from "@/web/app/state.ts";

/** A refused use case as a sentence for the person who asked, in their language: the only place where that is made. */
export function refusalText({ t }: Pick<AppState, "t">, refusal: Failure): string {
  return codedText(t, refusal);
}
