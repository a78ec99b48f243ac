import type { z } from "zod";
import { formatTime } from "@/web/format.ts";
import { findLastChange } from "@/web/store/access/audit.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { readPage } from "@/web/app/frame/page_context.ts";
import type { Asked, FieldOf, FormDefinition } from "./form_types.ts";
import type { FieldValues } from "./opened.ts";

/** Who changed what while the form stood open, and what each of these fields holds now. */
export async function conflictProblems<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
  asked: Asked<P, Q>,
  loaded: L,
  fields: readonly string[],
): Promise<Record<string, string>> {
  const { state, t, moment } = asked;
  const { edits } = definition;
  const change = edits?.saved === undefined
    ? await readPage(state, (trx) => findLastChange(trx, edits?.subject(loaded) ?? ""))
    : lastSaved(edits.saved(loaded));
  const current = rowOf(definition, loaded, asked);
  const now = (name: string) => {
    const text = edits?.say?.(name, loaded, t) ?? [current[name] ?? ""].flat().join(", ");
    return text === "" ? t("states.changed_to_nothing") : t("states.changed_to", { value: text });
  };
  const name = change === null ? "" : actorText(t, change.actor);
  const who = change === null
    ? t("states.changed_by_somebody")
    : t("states.changed_by", { name, time: formatTime(change.at, moment.zone) });
  const said = edits?.merged === undefined || change === null
    ? `${who} ${t("states.changed_keep")}`
    : t(edits.merged, { name });
  // A field without a name is one that nobody sees.
  const seen = fields.filter((name) => definition.labels?.[name as FieldOf<I>] !== undefined);
  return { "": said, ...Object.fromEntries(seen.map((name) => [name, now(name)])) };
}

function lastSaved(save: { by: string; at: Temporal.Instant } | null) {
  return save === null ? null : { actor: save.by, at: save.at };
}

/** What the edited row holds. */
export function rowOf<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
  loaded: L,
  asked: Asked<P, Q>,
): FieldValues {
  return definition.edits?.row?.(loaded) ?? valuesOf(definition, loaded, asked);
}

/** What the definition puts into the fields. */
export function valuesOf<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
  loaded: L,
  asked: Asked<P, Q>,
): FieldValues {
  return (definition.values?.(loaded, asked) ?? {}) as FieldValues;
}
