import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { addRouterForm } from "@/web/route_table/sites.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import { actorOf } from "@/web/app/page_context.ts";
import { ROUTER_PROBLEM_FIELDS } from "../../(_network)/router_problems.ts";
import { loadSite } from "../(_parts)/load_site.ts";
import { SitePage } from "../(_parts)/SitePage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

const FIELDS: Readonly<Record<string, string>> = ROUTER_PROBLEM_FIELDS;

export default define.page<typeof handler>(({ data, state }) => <SitePage view={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "router:write",
    params: idParams,
    summary: "Leads to the site",
  },
  POST: {
    audience: "staff",
    permission: "router:write",
    params: idParams,
    input: addRouterForm,
    audit: "router.added",
    summary: "Add a router and test it",
  },
};

export const handler = define.handlers({
  /** The address of a refused form, loaded again. */
  GET(ctx) {
    return ctx.redirect(`/admin/sites/${readParams(ctx.state, idParams).id}`, 303);
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id: siteId } = readParams(state, idParams);
    const { tenantId } = requireSession(state);
    const refuse = async (problems: Record<string, string>) =>
      page(await loadSite(state, ctx.req.headers, { siteId, problems }), { status: 422 });
    if (state.inputProblems !== null) return await refuse(state.inputProblems);
    const form = readInput(state, addRouterForm);
    const result = await addRouter(state.services, tenantId, actorOf(state), { siteId, ...form });
    if (!result.ok) {
      return await refuse({ [FIELDS[result.code] ?? ""]: refusalText(ctx.state, result) });
    }
    const { routerId, testCommandId } = result.value;
    return ctx.redirect(`/admin/routers/${routerId}?test=${testCommandId}`, 303);
  },
});
