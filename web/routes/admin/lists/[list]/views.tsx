import type { z } from "zod";
import { ok } from "@/shared/result.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { framedQuery, readFilter } from "@/web/app/list/frame.ts";
import { queryText } from "@/web/components/list/list_frame.ts";
import {
  LIST_PATHS,
  saveViewForm,
  type ViewedList,
  viewParams,
  viewsQuery,
} from "@/web/route_table/lists.ts";
import { keepView } from "@/web/services/settings/arrange_lists.ts";
import { onViews, openViews } from "./(_parts)/on_views.tsx";
import { findEntry, type RouteEntry } from "@/web/app/route_table.ts";

const part = define.part({
  on: onViews,
  opens: { query: viewsQuery, summary: "The saved views of a list", show: openViews },
  params: viewParams,
  input: saveViewForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "signed_in",
  summary: "Save the filters of a list under a name",
  async submit({ name, query }, { state, loaded: { list } }) {
    const { tenantId, staffUserId } = requireSession(state);
    // Only what the list's address understands is kept.
    const kept = queryText({
      ...framedQuery(readFilter(queryOf(state.table, list), query)),
      per: undefined,
    });
    const result = await keepView(state.services, tenantId, { staffUserId, list, name, query: kept });
    return result.ok ? ok(kept) : result;
  },
  done: (kept, { loaded: { list } }) => kept === "" ? LIST_PATHS[list] : `${LIST_PATHS[list]}?${kept}`,
});

export default part.page;
export const { handler, route } = part;

/** What the address of a list understands, as its route says. */
function queryOf(table: readonly RouteEntry[], list: ViewedList): z.ZodType<Record<string, unknown>> {
  const input = findEntry(table, "GET", LIST_PATHS[list])?.input;
  if (input === undefined) throw new Error(`Cannot read the filters of "${list}": its route has no schema`);
  return input as z.ZodType<Record<string, unknown>>;
}
