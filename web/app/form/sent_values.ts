import type { z } from "zod";
import { problemsOf } from "./input.ts";
import type { AppState } from "../state.ts";
import type { FieldValues } from "./opened.ts";

/** Every field of a form as it was sent; what is absent is empty. */
export function sentValues(state: AppState, names: readonly string[]): FieldValues {
  return Object.fromEntries(names.map((name) => [name, state.inputValues[name] ?? ""]));
}

/** The input of what was sent; read again where others' values were put in. */
export function parseAgain<I extends z.ZodObject>(
  state: AppState,
  schema: I,
  sent: FieldValues,
  values: FieldValues,
): { ok: true; input: z.output<I> } | { ok: false; problems: Record<string, string> } {
  // Only what was put in: a box that was not ticked is absent, and must stay so.
  const merged = mergedIn(values, sent);
  if (merged.length === 0) {
    return state.inputProblems === null
      ? { ok: true, input: state.input as z.output<I> }
      : { ok: false, problems: state.inputProblems };
  }
  const parsed = schema.safeParse({ ...state.inputValues, ...Object.fromEntries(merged) });
  return parsed.success
    ? { ok: true, input: parsed.data }
    : { ok: false, problems: problemsOf(state.t, parsed.error) };
}

/** What was put in for what was sent. */
export function mergedIn(values: FieldValues, sent: FieldValues) {
  return Object.entries(values).filter(([name, value]) => value !== sent[name]);
}
