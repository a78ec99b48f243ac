import { refused } from "@/web/app/errors/refused.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { says } from "@/shared/codes/mod.ts";
import type { z } from "zod";
import type { SignedInAudience } from "@/web/domain/access/mod.ts";
import type { SessionOf, StaffSession } from "@/web/app/guard/session.ts";
import type { AppState, RawInput } from "@/web/app/state.ts";

/**
 * The input as the route table's schema parsed it.
 *
 * @throws {HttpError} 422 when the input is not valid: check `state.inputProblems` first to answer with the form
 */
export function readInput<S extends z.ZodType>(state: AppState, schema: S): z.infer<S> {
  if (state.entry?.input !== schema) {
    throw new Error("Cannot read input: the route table lists another schema");
  }
  if (state.inputProblems !== null) {
    throw refused("input_problems", { problems: Object.values(state.inputProblems).join(" ") });
  }
  return state.input as z.infer<S>;
}

/** The path parameters as the route table's schema parsed them. */
export function readParams<S extends z.ZodType>(state: AppState, schema: S): z.infer<S> {
  if (state.entry?.params !== schema) {
    throw new Error("Cannot read parameters: the route table lists another schema");
  }
  return state.params as z.infer<S>;
}

/** The session of a route of this audience; the guard has let nobody else in. */
export function sessionOf<A extends SignedInAudience>(state: AppState, audience: A): SessionOf<A> {
  const { session } = state;
  if (session?.audience !== audience) {
    throw new Error(`Cannot read session: the route is not for ${audience}`);
  }
  return session as SessionOf<A>;
}

/** The session of an admin page. */
export function requireSession(state: AppState): StaffSession {
  return sessionOf(state, "staff");
}

/**
 * Form or query pairs as a record; a repeated key gives an array. The CSRF field is left out.
 *
 * @throws {HttpError} 400 for a NUL character
 */
export function toRawInput(pairs: URLSearchParams): RawInput {
  const raw: RawInput = Object.create(null);
  for (const [key, value] of pairs) {
    if (key === "_csrf") continue;
    refuseNul(key + value);
    const earlier = raw[key];
    if (earlier === undefined) raw[key] = value;
    else if (typeof earlier === "string") raw[key] = [earlier, value];
    else earlier.push(value);
  }
  return raw;
}

/**
 * Refuses a NUL character: nobody types one and PostgreSQL keeps none.
 *
 * @throws {HttpError} 400
 */
export function refuseNul(text: string): void {
  if (text.includes("\0")) throw refused("character_not_stored");
}

/** What zod says where a schema has no words of its own: a person reads it beside the field. */
export function plainWords(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return says(issue.input === undefined ? "fill_in" : "value_invalid");
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return says("fill_in");
      return says(issue.origin === "string" ? "too_few_characters" : "number_too_small", {
        min: Number(issue.minimum),
      });
    case "too_big":
      return says(issue.origin === "string" ? "too_many_characters" : "number_too_big", {
        max: Number(issue.maximum),
      });
    case "invalid_value":
      return says("not_offered");
    default:
      return says("value_invalid");
  }
}

/** The first message per field, in the language of `t`. */
export function problemsOf(t: Translate, error: z.ZodError): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? "");
    problems[field] ??= storedText(t, issue.message);
  }
  return problems;
}
