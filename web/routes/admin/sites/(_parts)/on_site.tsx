import { page } from "fresh";
import type { HostPage } from "@/web/app/form/define_part.ts";
import { loadSite, type SiteView } from "./load_site.ts";
import { SitePage } from "./SitePage.tsx";

/** The page of a site, for the forms that stand on it. */
export const onSite: HostPage<{ id: string }, SiteView> = {
  path: ({ id }) => `/admin/sites/${id}`,
  page: ({ data, state }) => <SitePage view={data} state={state} />,
  refuse: async (ctx, problems) => {
    const { id: siteId } = ctx.state.params as { id: string };
    return page(await loadSite(ctx.state, ctx.req.headers, { siteId, problems: { ...problems } }), {
      status: 422,
    });
  },
};
