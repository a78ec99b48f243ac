import type { Context } from "fresh";
import type { z } from "zod";
import type { AppState } from "../state.ts";
import { actionEntries } from "./form_entries.ts";
import type { Submittable } from "./form_types.ts";
import { submitAction } from "./submit_form.ts";

/** A button that needs nothing read beforehand leaves `load` out. */
type ActionDefinition<P, Q, I extends z.ZodObject, L, V, C extends string> =
  & Omit<Submittable<P, Q, I, L, V, C>, "load">
  & Partial<Pick<Submittable<P, Q, I, L, V, C>, "load">>;

/** What one button does: its address takes nothing but the form of that button. */
export function defineAction<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: ActionDefinition<P, Q, I, L, V, C>,
) {
  // Without `load` nothing says what is loaded: its type is unknown to whoever uses it.
  const load = definition.load ?? (() => Promise.resolve(undefined as L));
  const whole: Submittable<P, Q, I, L, V, C> = { ...definition, load };
  return {
    handler: { POST: (ctx: Context<AppState>) => submitAction(ctx, whole) },
    route: actionEntries(whole),
  };
}
