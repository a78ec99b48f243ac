import { page } from "fresh";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { siteQuery } from "@/web/route_table/sites.ts";
import { loadSite } from "../(_parts)/load_site.ts";
import { SitePage } from "../(_parts)/SitePage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <SitePage view={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "site:read",
    params: idParams,
    input: siteQuery,
    summary: "One site: its agent and its routers",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id: siteId } = readParams(ctx.state, idParams);
    const { done } = readInput(ctx.state, siteQuery);
    return page(await loadSite(ctx.state, ctx.req.headers, { siteId, done }));
  },
});
