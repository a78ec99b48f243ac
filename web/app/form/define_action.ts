import type { Context } from "fresh";
import type { z } from "zod";
import type { AppState } from "../state.ts";
import { actionEntries } from "./form_entries.ts";
import type { ActionDefinition } from "./form_types.ts";
import { submitAction } from "./submit_form.ts";

/** What one button does: its address takes nothing but the form of that button. */
export function defineAction<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: ActionDefinition<P, Q, I, L, V, C>,
) {
  return {
    handler: { POST: (ctx: Context<AppState>) => submitAction(ctx, definition) },
    route: actionEntries(definition),
  };
}
