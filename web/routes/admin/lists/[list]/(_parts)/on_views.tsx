import { page } from "fresh";
import type { z } from "zod";
import type { HostPage } from "@/web/app/form/define_part.ts";
import type { viewParams } from "@/web/route_table/lists.ts";
import { loadViews, type ViewsData, ViewsPage } from "./ViewsPage.tsx";

type Params = z.output<typeof viewParams>;

/** The saved views of a list, for the forms that stand there. */
export const onViews: HostPage<Params, ViewsData> = {
  path: ({ list }) => `/admin/lists/${list}/views`,
  page: ({ data, state }) => <ViewsPage data={data} state={state} />,
  refuse: async ({ state }, problems) =>
    page(await loadViews(state, (state.params as Params).list, { problems: { ...problems } }), {
      status: 422,
    }),
};
