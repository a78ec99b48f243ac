import { page } from "fresh";
import type { z } from "zod";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { framedQuery, readFilter } from "@/web/app/list/frame.ts";
import { queryText } from "@/web/components/list_frame.ts";
import {
  LIST_PATHS,
  saveViewForm,
  type ViewedList,
  viewParams,
  viewsQuery,
} from "@/web/route_table/lists.ts";
import { keepView } from "@/web/services/settings/arrange_lists.ts";
import { loadViews, ViewsPage } from "./(_parts)/ViewsPage.tsx";
import { findEntry, type RouteEntries, type RouteEntry } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <ViewsPage data={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    params: viewParams,
    input: viewsQuery,
    summary: "The saved views of a list",
  },
  POST: {
    audience: "staff",
    permission: "signed_in",
    params: viewParams,
    input: saveViewForm,
    summary: "Save the filters of a list under a name",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { list } = readParams(ctx.state, viewParams);
    const { done } = readInput(ctx.state, viewsQuery);
    return page(await loadViews(ctx.state, list, { done }));
  },
  async POST(ctx) {
    const { list } = readParams(ctx.state, viewParams);
    // The field of a new view's name is on the list, not on this page.
    const refuse = async (problems: Record<string, string>) =>
      page(await loadViews(ctx.state, list, { problems: { "": Object.values(problems).join(" ") } }), {
        status: 422,
      });
    if (ctx.state.inputProblems !== null) return await refuse(ctx.state.inputProblems);
    const { name, query } = readInput(ctx.state, saveViewForm);
    const { tenantId, staffUserId } = requireSession(ctx.state);
    // Only what the list's address understands is kept.
    const kept = queryText({
      ...framedQuery(readFilter(queryOf(ctx.state.table, list), query)),
      per: undefined,
    });
    const result = await keepView(ctx.state.services, tenantId, { staffUserId, list, name, query: kept });
    if (!result.ok) return await refuse({ name: refusalText(ctx.state, result) });
    return ctx.redirect(kept === "" ? LIST_PATHS[list] : `${LIST_PATHS[list]}?${kept}`, 303);
  },
});

/** What the address of a list understands, as its route says. */
function queryOf(table: readonly RouteEntry[], list: ViewedList): z.ZodType<Record<string, unknown>> {
  const input = findEntry(table, "GET", LIST_PATHS[list])?.input;
  if (input === undefined) throw new Error(`Cannot read the filters of "${list}": its route has no schema`);
  return input as z.ZodType<Record<string, unknown>>;
}
