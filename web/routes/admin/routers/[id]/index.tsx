import { page } from "fresh";
import { readInput, readParams } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { routerQuery } from "@/web/route_table/sites.ts";
import { loadRouter } from "../(_parts)/load_router.ts";
import { RouterPage } from "../(_parts)/RouterPage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <RouterPage view={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "router:read",
    params: idParams,
    input: routerQuery,
    summary: "One router: facts, drift, commands",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id: routerId } = readParams(ctx.state, idParams);
    const { test: testId, drift: kind, done, ...query } = readInput(ctx.state, routerQuery);
    return page(await loadRouter(ctx.state, { routerId, testId, kind, query, done }));
  },
});
