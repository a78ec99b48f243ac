import type { RefusalCode, ValueArguments } from "./mod.ts";
import { coded, formatCoded } from "./mod.ts";

/**
 * A refusal as the message of a zod check, which is text: `z.uuid(says("choose_router"))`. The pipeline reads it back
 * and says it in the language of whoever sent the form.
 */
export function says<C extends RefusalCode>(code: C, ...values: ValueArguments<C>): string {
  return formatCoded(coded(code, ...values));
}
