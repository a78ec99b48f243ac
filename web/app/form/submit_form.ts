import { Refused, refused } from "@/web/app/errors/refused.ts";
import { type Context, page } from "fresh";
import { z } from "zod";
import { findRefusal } from "@/shared/codes/mod.ts";
import type { Failure, Result } from "@/shared/result.ts";
import { problemsOf, requireSession } from "./input.ts";
import { actorOf, momentOf, readPage, typed } from "@/web/app/frame/page_context.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { sayProblems } from "@/web/app/words/say.ts";
import type { AppState } from "../state.ts";
import { withUndo } from "@/web/app/frame/undo_link.ts";
import { fieldRules } from "./field_rules.ts";
import { conflictProblems, rowOf, valuesOf } from "./conflicts.ts";
import type {
  ActionDefinition,
  Asked,
  Doubt,
  FieldOf,
  FormDefinition,
  FormView,
  Submission,
} from "./form_types.ts";
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

  interface Shown {
    values: FieldValues;
    problems?: Problems;
    doubt?: Doubt | null;
    status?: number;
  }

  function show(asked: Asked<P, Q>, loaded: L, { values, problems = {}, doubt = null, status }: Shown) {
    const view = viewOf<L, FieldOf<I>>(asked, loaded, {
      values,
      problems: sayProblems(asked.t, problems),
      doubt,
      rules,
      labels: definition.labels ?? {},
      row: definition.edits === undefined ? null : rowOf(definition, loaded, asked),
    });
    const { state } = asked;
    state.title = (definition.windowTitle ?? definition.title)(view);
    if (definition.live !== undefined) state.live = definition.live(view);
    const seconds = definition.refreshSeconds?.(view);
    if (seconds !== undefined) state.refreshSeconds = seconds;
    const headers = definition.headers?.(view) ?? {};
    return page<FormData<L, FieldOf<I>>>({ view }, { ...(status !== undefined && { status }), headers });
  }

  /** The form as it is opened, or the address to go to instead. */
  function open(ctx: Context<AppState>, asked: Asked<P, Q>, loaded: L) {
    const elsewhere = definition.leave?.(loaded, asked) ?? null;
    if (elsewhere !== null) return ctx.redirect(elsewhere, 303);
    return show(asked, loaded, { values: { ...empty, ...valuesOf(definition, loaded, asked) } });
  }

  /** The answer to a form that is only to be shown; null when it is to be carried out. */
  function shownOnly(ctx: Context<AppState>, asked: Asked<P, Q>, loaded: L) {
    if (definition.isAskedFor === undefined) return null;
    if (definition.isAskedFor(asked)) return open(ctx, asked, loaded);
    const elsewhere = definition.leave?.(loaded, asked) ?? null;
    return elsewhere === null ? null : ctx.redirect(elsewhere, 303);
  }

  return {
    async GET(ctx: Context<AppState>) {
      const asked = askedOf(ctx, definition);
      return open(ctx, asked, await readPage(ctx.state, (trx) => definition.load(trx, asked)));
    },

    async POST(ctx: Context<AppState>) {
      const { state } = ctx;
      const asked = askedOf(ctx, definition);
      const sent = sentValues(state, Object.keys(rules));
      const preview = asked.typed("intent") === "preview" ? definition.preview : undefined;
      for (let tries = 1;; tries++) {
        const loaded = await readPage(state, (trx) => definition.load(trx, asked));
        const instead = shownOnly(ctx, asked, loaded);
        if (instead !== null) return instead;
        if (preview === "always") return show(asked, loaded, { values: sent });
        const { values, conflicts, isMerged } = putTogether(definition, asked, loaded, sent);
        if (conflicts.length > 0) {
          const problems = await conflictProblems(definition, asked, loaded, conflicts);
          return show(asked, loaded, { values, problems, status: 409 });
        }
        const parsed = parseAgain(state, definition.input, sent, values);
        if (!parsed.ok) return show(asked, loaded, { values, problems: parsed.problems, status: 422 });
        if (preview === "when_valid") return show(asked, loaded, { values });
        const submission = submissionOf(ctx, definition, loaded);
        const result = await definition.submit(parsed.input, submission);
        if ("problems" in result) {
          return show(asked, loaded, { values, problems: result.problems, status: 422 });
        }
        if (result.ok) {
          return await finish(ctx, definition, result.value, { ...submission, input: parsed.input });
        }
        // Somebody saved between this read and the lock: put together again with what they saved.
        if (result.code === ROW_CHANGED && isMerged && tries < TRIES) continue;
        const elsewhere = leaveOn(definition, result.code, loaded);
        if (elsewhere !== null) return ctx.redirect(elsewhere, 303);
        if (result.code === LIST_CHANGED) {
          const now = await readPage(state, (trx) => definition.load(trx, asked));
          return show(asked, now, { values, status: 409 });
        }
        const doubt = doubtOf(definition, asked, result);
        const status = result.code === ROW_CHANGED ? 409 : doubt?.status ?? 422;
        const problems = problemsOfRefusal(state, definition, result);
        return show(asked, loaded, { values, problems, doubt, status });
      }
    },
  };
}

/** What was typed, with what others have saved since the form was opened; and what is to be looked at first. */
function putTogether<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
  asked: Asked<P, Q>,
  loaded: L,
  sent: FieldValues,
): { values: FieldValues; conflicts: readonly string[]; isMerged: boolean } {
  const { edits } = definition;
  const marks = edits === undefined ? "" : asked.typed(OPENED_FIELD);
  if (marks === "") return { values: sent, conflicts: [], isMerged: false };
  const { values, conflicts } = reconcile(marks, sent, rowOf(definition, loaded, asked));
  const shown = edits?.merged === undefined ? [] : mergedIn(values, sent).map(([name]) => name);
  return { values, conflicts: [...conflicts, ...shown], isMerged: true };
}

/** A refusal that may be overruled, with the status that the catalogue gives it. */
function doubtOf<P, Q, I extends z.ZodObject, L, V, C extends string>(
  { doubts }: Pick<FormDefinition<P, Q, I, L, V, C>, "doubts">,
  asked: Asked<P, Q>,
  refusal: Failure<C>,
): (Doubt & { status: number }) | null {
  const codes: Partial<Record<string, DoubtedCode<P, Q>>> = doubts?.codes ?? {};
  const doubted = codes[refusal.code];
  return doubted === undefined ? null : {
    message: refusalText(asked.state, refusal),
    name: doubted.overrule,
    value: doubted.about(asked, refusal.values),
    status: findRefusal(refusal.code)?.status ?? 422,
  };
}

type DoubtedCode<P, Q> = {
  overrule: string;
  about: (asked: Asked<P, Q>, values: Failure["values"]) => string;
};

/** A button's address: POST does it; what is refused is an error page. */
export function submitAction<P, Q, I extends z.ZodObject, L, V, C extends string>(
  ctx: Context<AppState>,
  definition: ActionDefinition<P, Q, I, L, V, C>,
): Promise<Response> {
  return submitPart<P, Q, I, L, V, C, Response>(ctx, definition, (problems, refusal) => {
    throw refusal === null ? refusedProblems(problems) : new Refused(refusal);
  });
}

/** A part's address: POST does it; what is refused is said by `refuse`, but what does not exist is not found. */
export async function submitPart<P, Q, I extends z.ZodObject, L, V, C extends string, Answer>(
  ctx: Context<AppState>,
  definition: ActionDefinition<P, Q, I, L, V, C>,
  refuse: (
    problems: Problems,
    refusal: Extract<Result<V, C>, { ok: false }> | null,
  ) => Answer | Promise<Answer>,
): Promise<Response | Answer> {
  const { state } = ctx;
  const asked = askedOf(ctx, definition);
  if (state.inputProblems !== null) return await refuse(sayProblems(state.t, state.inputProblems), null);
  const { load } = definition;
  // Without `load` nothing says what is loaded: its type is unknown to whoever uses it.
  const loaded = load === undefined ? undefined as L : await readPage(state, (trx) => load(trx, asked));
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
  { state, req, url }: Context<AppState>,
  definition: { params?: z.ZodType<P>; query?: z.ZodType<Q> },
): Asked<P, Q> {
  const parsed = definition.query?.safeParse(state.inputValues);
  if (parsed?.success === false) throw refusedProblems(problemsOf(state.t, parsed.error));
  return {
    state,
    t: state.t,
    // Read when it is asked for: a button may be pressed where there is no frame.
    get moment() {
      return momentOf(state);
    },
    params: state.params as P,
    query: parsed?.data as Q,
    typed: (name) => typed(state, name),
    isSent: state.entry?.method === "POST",
    headers: req.headers,
    url,
  };
}

function submissionOf<P, Q, I extends z.ZodObject, L, V, C extends string>(
  ctx: Context<AppState>,
  definition: ActionDefinition<P, Q, I, L, V, C> & Partial<Pick<FormDefinition<P, Q, I, L, V, C>, "edits">>,
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
  definition: ActionDefinition<P, Q, I, L, V, C>,
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
    & ActionDefinition<P, Q, I, L, V, C>
    & Pick<Partial<FormDefinition<P, Q, I, L, V, C>>, "files">,
  refusal: Extract<Result<V, C>, { ok: false }>,
): Problems {
  const usual = findRefusal(refusal.code)?.field ?? "";
  const field = (at as Readonly<Record<string, string | undefined>>)[refusal.code] ??
    (Object.hasOwn(input.shape, usual) || Object.hasOwn(files, usual) ? usual : "");
  return { [field]: refusalText(state, refusal) };
}
