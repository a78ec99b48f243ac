import { type Context, page } from "fresh";
import type { z } from "zod";
import type { HostPage } from "@/web/app/form/define_part.ts";
import { typed } from "@/web/app/frame/page_context.ts";
import { readInput } from "@/web/app/form/input.ts";
import type { AppState } from "@/web/app/state.ts";
import { type viewParams, viewsQuery } from "@/web/route_table/lists.ts";
import { loadViews, type ViewsData, ViewsPage } from "./ViewsPage.tsx";

type Params = z.output<typeof viewParams>;

/** The saved views of a list, for the forms that stand there. */
export const onViews: HostPage<Params, ViewsData> = {
  path: ({ list }) => `/admin/lists/${list}/views`,
  page: ({ data, state }) => <ViewsPage data={data} state={state} />,
  // The field of a new view's name is on the list, not on this page.
  refuse: ({ state }, problems) => show(state, { problems: { "": Object.values(problems).join(" ") } }),
};

/** The page as it is opened, with what the last form did. */
export const openViews = ({ state }: Context<AppState>) =>
  show(state, { done: readInput(state, viewsQuery).done }, 200);

/** {@linkcode onViews} for the form of one view, where each has a field of its own. */
export const onView: HostPage<Params, ViewsData> = {
  ...onViews,
  refuse({ state }, { name, ...others }) {
    const problems = name === undefined ? others : { ...others, [`name.${typed(state, "id")}`]: name };
    return show(state, { problems, name: typed(state, "name") });
  },
};

async function show(
  state: AppState,
  shown: Pick<ViewsData, "done" | "problems" | "name">,
  status = 422,
) {
  return page(await loadViews(state, (state.params as Params).list, shown), { status });
}
