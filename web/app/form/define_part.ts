import type { ComponentChildren } from "preact";
import type { Context, PageResponse } from "fresh";
import type { z } from "zod";
import type { AppState } from "../state.ts";
import { actionEntries, openedEntry } from "./form_entries.ts";
import type { Submittable } from "./form_types.ts";
import { submitPart } from "./submit_form.ts";

/** A page that forms of other addresses stand on. */
export interface HostPage<Params, Data> {
  /** Its address. */
  path: (params: Params) => string;
  page: (props: { data: Data; state: AppState; url: URL }) => ComponentChildren;
  /** The page again, with what is wrong with the form that was sent. */
  refuse: (
    ctx: Context<AppState>,
    problems: Readonly<Record<string, string>>,
  ) => Promise<PageResponse<Data>>;
}

/** A small form or a button of a page that shows more, as `define.part` takes it. */
export interface PartDefinition<P, Q, I extends z.ZodObject, L, V, C extends string, Data>
  extends Submittable<P, Q, I, L, V, C> {
  on: HostPage<P, Data>;
  /** What shows the page, where it stands at this address. @default opened, the address leads to the page */
  opens?: {
    query?: z.ZodType;
    summary: string;
    show: (ctx: Context<AppState>) => Promise<PageResponse<Data>>;
  };
}

/** What a part of a page does. Refused, its answer is that page; opened again, its address leads there. */
export function definePart<P, Q, I extends z.ZodObject, L, V, C extends string, Data>(
  definition: PartDefinition<P, Q, I, L, V, C, Data>,
) {
  const { on, opens } = definition;
  return {
    page: on.page,
    handler: {
      GET: (ctx: Context<AppState>) =>
        opens === undefined ? ctx.redirect(on.path(ctx.state.params as P), 303) : opens.show(ctx),
      POST: (ctx: Context<AppState>) => submitPart(ctx, definition, (problems) => on.refuse(ctx, problems)),
    },
    route: { ...openedEntry(definition, opens), ...actionEntries(definition) },
  };
}
