import { page } from "fresh";
import type { z } from "zod";
import type { HostPage } from "@/web/app/form/define_part.ts";
import { typed } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import type { viewParams } from "@/web/route_table/lists.ts";
import { loadViews, type ViewsData, ViewsPage } from "./ViewsPage.tsx";

type Params = z.output<typeof viewParams>;

/** The saved views of a list, for the forms that stand there. */
export const onViews: HostPage<Params, ViewsData> = {
  path: ({ list }) => `/admin/lists/${list}/views`,
  page: ({ data, state }) => <ViewsPage data={data} state={state} />,
  // The field of a new view's name is on the list, not on this page.
  refuse: ({ state }, problems) => again(state, { problems: { "": Object.values(problems).join(" ") } }),
};

/** The same for the form of one view, where each has a field of its own. */
export const onView: HostPage<Params, ViewsData> = {
  ...onViews,
  refuse({ state }, { name, ...others }) {
    const problems = name === undefined ? others : { ...others, [`name.${typed(state, "id")}`]: name };
    return again(state, { problems, name: typed(state, "name") });
  },
};

async function again(state: AppState, shown: Pick<ViewsData, "problems" | "name">) {
  return page(await loadViews(state, (state.params as Params).list, shown), { status: 422 });
}
