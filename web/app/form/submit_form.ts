import { Refused, refused } from "@/web/app/errors/refused.ts";
import { type Context, page } from "fresh";
import { z } from "zod";
import { findRefusal } from "@/shared/codes/mod.ts";
import type { Result } from "@/shared/result.ts";
import { findLastChange } from "@/web/store/access/audit.ts";
import { formatTime } from "@/web/format.ts";
import { problemsOf, requireSession } from "./input.ts";
import { actorOf, momentOf, readPage, typed } from "@/web/app/frame/page_context.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { sayProblems } from "@/web/app/words/say.ts";
import type { AppState } from "../state.ts";
import { withUndo } from "@/web/app/frame/undo_link.ts";
import { fieldRules } from "./field_rules.ts";
import type { Asked, FieldOf, FormDefinition, FormView, Submission, Submittable } from "./form_types.ts";
import { viewOf } from "./form_view.ts";
import { type FieldValues, OPENED_FIELD, reconcile } from "./opened.ts";
import { mergedIn, parseAgain, sentValues } from "./sent_values.ts";

/** How often a form is put together again when others save in the same moment. */
const TRIES = 3;

type Problems = Readonly<Record<string, string>>;

/** What a page of a form is rendered from. */
export interface FormData<Loaded, Field extends string> {
  view: FormView<Loaded, Field>;
}

/** GET shows the form, POST saves it or shows it again with what is wrong. */
export function formHandlers<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
) {
  const rules = fieldRules(definition.input);
  const empty = Object.fromEntries(Object.keys(rules).map((name) => [name, ""]));

  function show(
    asked: Asked<P, Q>,
    loaded: L,
    form: { values: FieldValues; problems: Problems; status?: number },
  ) {
    const view = viewOf<L, FieldOf<I>>(asked, loaded, {
      ...form,
      rules,
      labels: definition.labels ?? {},
      row: definition.edits === undefined ? null : rowOf(definition, loaded, asked),
    });
    const { state } = asked;
    state.title = (definition.windowTitle ?? definition.title)(view);
    if (definition.live !== undefined) state.live = definition.live(view);
    const seconds = definition.refreshSeconds?.(view);
    if (seconds !== undefined) state.refreshSeconds = seconds;
    return page<FormData<L, FieldOf<I>>>({ view }, {
      ...(form.status !== undefined && { status: form.status }),
      headers: definition.headers?.(view) ?? {},
    });
  }

  return {
    async GET(ctx: Context<AppState>) {
      const asked = askedOf(ctx, definition);
      const loaded = await readPage(ctx.state, (trx) => definition.load(trx, asked));
      const elsewhere = definition.leave?.(loaded, asked) ?? null;
      if (elsewhere !== null) return ctx.redirect(elsewhere, 303);
      return show(asked, loaded, {
        values: { ...empty, ...valuesOf(definition, loaded, asked) },
        problems: {},
      });
    },

    async POST(ctx: Context<AppState>) {
      const { state } = ctx;
      const asked = askedOf(ctx, definition);
      const sent = sentValues(state, Object.keys(rules));
      for (let tries = 1;; tries++) {
        const loaded = await readPage(state, (trx) => definition.load(trx, asked));
        const refuse = (values: FieldValues, problems: Problems, status = 422) =>
          show(asked, loaded, { values, problems: sayProblems(state.t, problems), status });
        if (definition.isAskedFor !== undefined) {
          const elsewhere = definition.leave?.(loaded, asked) ?? null;
          if (elsewhere !== null) return ctx.redirect(elsewhere, 303);
          if (definition.isAskedFor(asked)) {
            return show(asked, loaded, {
              values: { ...empty, ...valuesOf(definition, loaded, asked) },
              problems: {},
            });
          }
        }
        if (definition.hasPreview && asked.typed("intent") === "preview") {
          return show(asked, loaded, { values: sent, problems: {} });
        }
        const opened = definition.edits === undefined ? "" : typed(state, OPENED_FIELD);
        const { values, conflicts } = opened === ""
          ? { values: sent, conflicts: [] }
          : reconcile(opened, sent, rowOf(definition, loaded, asked));
        const shown = definition.edits?.merged === undefined
          ? conflicts
          : [...conflicts, ...mergedIn(values, sent).map(([name]) => name)];
        if (shown.length > 0) {
          return refuse(values, await conflictProblems(definition, asked, loaded, shown), 409);
        }
        const parsed = parseAgain(state, definition.input, sent, values);
        if (!parsed.ok) return refuse(values, parsed.problems);
        const submission = submissionOf(ctx, definition, loaded);
        const result = await definition.submit(parsed.input, submission);
        if ("problems" in result) return refuse(values, result.problems);
        if (result.ok) {
          return await finish(ctx, definition, result.value, { ...submission, input: parsed.input });
        }
        // Somebody saved between this read and the lock: put together again with what they saved.
        if (result.code === ROW_CHANGED && opened !== "" && tries < TRIES) continue;
        const elsewhere = leaveOn(definition, result.code, loaded);
        if (elsewhere !== null) return ctx.redirect(elsewhere, 303);
        if (result.code === LIST_CHANGED) {
          const now = await readPage(state, (trx) => definition.load(trx, asked));
          return show(asked, now, { values, problems: {}, status: 409 });
        }
        const status = result.code === ROW_CHANGED ? 409 : 422;
        return refuse(values, problemsOfRefusal(state, definition, result), status);
      }
    },
  };
}

/** A button's address: POST does it; what is refused is an error page. */
export function submitAction<P, Q, I extends z.ZodObject, L, V, C extends string>(
  ctx: Context<AppState>,
  definition: Submittable<P, Q, I, L, V, C>,
): Promise<Response> {
  return submitPart<P, Q, I, L, V, C, Response>(ctx, definition, (problems, refusal) => {
    throw refusal === null ? refusedProblems(problems) : new Refused(refusal);
  });
}

/** A part's address: POST does it; what is refused is said by `refuse`, but what does not exist is not found. */
export async function submitPart<P, Q, I extends z.ZodObject, L, V, C extends string, Answer>(
  ctx: Context<AppState>,
  definition: Submittable<P, Q, I, L, V, C>,
  refuse: (
    problems: Problems,
    refusal: Extract<Result<V, C>, { ok: false }> | null,
  ) => Answer | Promise<Answer>,
): Promise<Response | Answer> {
  const { state } = ctx;
  const asked = askedOf(ctx, definition);
  if (state.inputProblems !== null) return await refuse(sayProblems(state.t, state.inputProblems), null);
  const loaded = await readPage(state, (trx) => definition.load(trx, asked));
  const submission = submissionOf(ctx, definition, loaded);
  const input = state.input as z.output<I>;
  const result = await definition.submit(input, submission);
  if ("problems" in result) return await refuse(sayProblems(state.t, result.problems), null);
  if (result.ok) return await finish(ctx, definition, result.value, { ...submission, input });
  if (findRefusal(result.code)?.status === 404) throw new Refused(result);
  return await refuse(problemsOfRefusal(state, definition, result), result);
}

/** What is wrong with a button's fields, which no form shows. */
function refusedProblems(problems: Problems): Refused {
  return refused("input_problems", { problems: Object.values(problems).join(" ") });
}

/** Code of a use case that finds another version of the row than the form was made from. */
const ROW_CHANGED = "row_changed";

/** Code of a use case that finds other rows than the question was about: it is asked again, about those. */
const LIST_CHANGED = "list_changed";

function leaveOn<P, Q, I extends z.ZodObject, L, V, C extends string>(
  { leaveOn = {} }: Pick<FormDefinition<P, Q, I, L, V, C>, "leaveOn">,
  code: string,
  loaded: L,
): string | null {
  const ways = leaveOn as Readonly<Record<string, ((loaded: L) => string) | undefined>>;
  return ways[code]?.(loaded) ?? null;
}

function askedOf<P, Q>(
  { state, req }: Context<AppState>,
  definition: { params?: z.ZodType<P>; query?: z.ZodType<Q> },
): Asked<P, Q> {
  const parsed = definition.query?.safeParse(state.inputValues);
  if (parsed?.success === false) throw refusedProblems(problemsOf(state.t, parsed.error));
  return {
    state,
    t: state.t,
    moment: momentOf(state),
    params: state.params as P,
    query: parsed?.data as Q,
    typed: (name) => typed(state, name),
    isSent: state.entry?.method === "POST",
    headers: req.headers,
  };
}

function submissionOf<P, Q, I extends z.ZodObject, L, V, C extends string>(
  ctx: Context<AppState>,
  definition: Submittable<P, Q, I, L, V, C> & Partial<Pick<FormDefinition<P, Q, I, L, V, C>, "edits">>,
  loaded: L,
): Submission<L> {
  const { state } = ctx;
  return {
    ctx,
    state,
    loaded,
    call: [state.services, requireSession(state).tenantId, actorOf(state)],
    seen: definition.edits?.version(loaded),
  };
}

async function finish<P, Q, I extends z.ZodObject, L, V, C extends string>(
  ctx: Context<AppState>,
  definition: Submittable<P, Q, I, L, V, C>,
  value: V,
  submission: Submission<L> & { input: z.output<I> },
): Promise<Response> {
  const done = await definition.done(value, submission);
  if (done instanceof Response) return done;
  const subject = definition.undo?.(value, submission);
  return ctx.redirect(subject === undefined ? done : await withUndo(ctx.state, done, subject), 303);
}

function problemsOfRefusal<P, Q, I extends z.ZodObject, L, V, C extends string>(
  state: AppState,
  { at = {}, input, files = {} }:
    & Submittable<P, Q, I, L, V, C>
    & Pick<Partial<FormDefinition<P, Q, I, L, V, C>>, "files">,
  refusal: Extract<Result<V, C>, { ok: false }>,
): Problems {
  const usual = findRefusal(refusal.code)?.field ?? "";
  const field = (at as Readonly<Record<string, string | undefined>>)[refusal.code] ??
    (Object.hasOwn(input.shape, usual) || Object.hasOwn(files, usual) ? usual : "");
  return { [field]: refusalText(state, refusal) };
}

/** Who changed what while the form stood open, and what each of these fields holds now. */
async function conflictProblems<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
  asked: Asked<P, Q>,
  loaded: L,
  fields: readonly string[],
): Promise<Problems> {
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
  const who = change === null
    ? t("states.changed_by_somebody")
    : t("states.changed_by", { name: change.actor, time: formatTime(change.at, moment.zone) });
  const said = edits?.merged === undefined || change === null
    ? `${who} ${t("states.changed_keep")}`
    : t(edits.merged, { name: change.actor });
  // A field without a name is one that nobody sees.
  const seen = fields.filter((name) => definition.labels?.[name as FieldOf<I>] !== undefined);
  return { "": said, ...Object.fromEntries(seen.map((name) => [name, now(name)])) };
}

function lastSaved(save: { by: string; at: Temporal.Instant } | null) {
  return save === null ? null : { actor: save.by, at: save.at };
}

/** What the edited row holds. */
function rowOf<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
  loaded: L,
  asked: Asked<P, Q>,
): FieldValues {
  return definition.edits?.row?.(loaded) ?? valuesOf(definition, loaded, asked);
}

/** What the definition puts into the fields. */
function valuesOf<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
  loaded: L,
  asked: Asked<P, Q>,
): FieldValues {
  return (definition.values?.(loaded, asked) ?? {}) as FieldValues;
}
