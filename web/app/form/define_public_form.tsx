import type { ComponentChildren } from "preact";
import { type Context, page } from "fresh";
import type { z } from "zod";
import type { Failure, Result } from "@/shared/result.ts";
import type { MessageKey } from "@/web/messages/mod.ts";
import { readInput } from "./input.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import type { RouteEntries } from "../route_table.ts";
import { sayProblems } from "@/web/app/words/say.ts";
import type { AppState } from "../state.ts";
import type { FieldOf } from "./form_types.ts";
import { partForm, type PartView } from "./form_view.ts";

/** A form before anybody is signed in, as its page shows it. */
export interface PublicView<Shown, Field extends string> extends PartView<Field> {
  state: AppState;
  shown: Shown;
}

/**
 * A form for visitors, as `define.publicForm` takes it: it has neither a tenant nor an actor, and reads no rows. Write
 * `read` before what uses it: the types come from it.
 */
export interface PublicFormDefinition<
  Query,
  Input extends z.ZodObject,
  Shown,
  Value,
  Code extends string,
> {
  /** Schema of the page's address. */
  query?: z.ZodType<Query>;
  /** Schema of the fields. */
  input: Input;
  permission: "public" | "setup";
  /** What it does, for the printed table: `Sign in`. */
  summary: string;
  /** What the page shows besides the fields; `query` is null when the form was sent. */
  read: (state: AppState, query: Query | null, ctx: Context<AppState>) => Promise<Shown>;
  /** What it is about is not there, or not any more, whatever the reason: its page is answered as one that is not. */
  isGone?: (shown: NoInfer<Shown>) => boolean;
  /** Address to go to instead, where there is nothing to ask. */
  leave?: (state: AppState, query: Query) => string | null;
  /** Title of the window. */
  title: MessageKey;
  /** Names of the fields: beside the control and in the list of what is wrong. */
  labels: Partial<Record<FieldOf<Input>, MessageKey>>;
  /** Fields that are never sent back to the browser. */
  secrets: readonly FieldOf<Input>[];
  page: (view: PublicView<Shown, FieldOf<Input>>) => ComponentChildren;
  submit: (input: z.output<Input>, ctx: Context<AppState>) => Promise<Result<Value, Code>>;
  /** Field that a refusal is shown at. @default the form as a whole */
  at?: Partial<Record<NoInfer<Code>, FieldOf<Input>>>;
  /** Answer of a refusal. @default status 422 */
  refusal?: (failure: Failure<NoInfer<Code>>) => ResponseInit;
  done: (
    value: NoInfer<Value>,
    sent: { input: z.output<Input>; ctx: Context<AppState> },
  ) => Response | Promise<Response>;
}

/** A form for visitors: its page, what it does, and its entries of the route table. */
export function definePublicForm<Q, I extends z.ZodObject, S, V, C extends string>(
  definition: PublicFormDefinition<Q, I, S, V, C>,
) {
  return {
    page: ({ data }: { data: { view: PublicView<S, FieldOf<I>> } }) => <>{definition.page(data.view)}</>,
    handler: handlersOf(definition),
    route: entriesOf(definition),
  };
}

function handlersOf<Q, I extends z.ZodObject, S, V, C extends string>(
  definition: PublicFormDefinition<Q, I, S, V, C>,
) {
  async function show(
    ctx: Context<AppState>,
    form: { query: Q | null; problems: Readonly<Record<string, string>>; answer?: ResponseInit },
  ) {
    const { state } = ctx;
    const { title, labels, secrets, input } = definition;
    state.title = state.t(title);
    const problems = sayProblems(state.t, form.problems);
    const controls = partForm(state, { input, labels, problems });
    const isSecret = (name: FieldOf<I>) => secrets.includes(name);
    const view: PublicView<S, FieldOf<I>> = {
      ...controls,
      field: (name) => ({ ...controls.field(name), ...(isSecret(name) && { value: "" }) }),
      state,
      shown: await definition.read(state, form.query, ctx),
    };
    const isGone = definition.isGone?.(view.shown) === true && form.answer?.status !== 429;
    return page({ view }, isGone ? { status: 404 } : form.answer ?? {});
  }

  return {
    async GET(ctx: Context<AppState>) {
      const { state } = ctx;
      const query = definition.query === undefined ? undefined as Q : readInput(state, definition.query);
      const elsewhere = definition.leave?.(state, query) ?? null;
      if (elsewhere !== null) return ctx.redirect(elsewhere, 303);
      return await show(ctx, { query, problems: {} });
    },
    async POST(ctx: Context<AppState>) {
      const { state } = ctx;
      const refuse = (problems: Readonly<Record<string, string>>, answer: ResponseInit) =>
        show(ctx, { query: null, problems, answer });
      if (state.inputProblems !== null) return refuse(state.inputProblems, { status: 422 });
      const input = readInput(state, definition.input);
      const result = await definition.submit(input, ctx);
      if (result.ok) return await definition.done(result.value, { input, ctx });
      const at = definition.at as Readonly<Record<string, string | undefined>> | undefined;
      const problems = { [at?.[result.code] ?? ""]: refusalText(state, result) };
      return refuse(problems, definition.refusal?.(result) ?? { status: 422 });
    },
  };
}

function entriesOf<Q, I extends z.ZodObject, S, V, C extends string>(
  { permission, query, input, summary }: PublicFormDefinition<Q, I, S, V, C>,
): RouteEntries {
  return {
    GET: {
      audience: "public",
      permission,
      ...(query && { input: query }),
      summary: `Page: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
    },
    POST: { audience: "public", permission, input, summary },
  };
}
