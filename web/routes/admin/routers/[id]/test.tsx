import { WEB_COMMANDS } from "@/web/services/network/commands/command_registry.ts";
import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { testRouter } from "@/web/services/network/test_router.ts";
import { actorOf } from "@/web/app/page_context.ts";
import { loadRouter } from "../(_parts)/load_router.ts";
import { RouterPage } from "../(_parts)/RouterPage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <RouterPage view={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "router:write",
    params: idParams,
    summary: "Leads to the router",
  },
  POST: {
    audience: "staff",
    permission: WEB_COMMANDS["router.test"].permission,
    params: idParams,
    summary: "Test a router",
  },
};

export const handler = define.handlers({
  /** The address of a refused form, loaded again. */
  GET(ctx) {
    return ctx.redirect(`/admin/routers/${readParams(ctx.state, idParams).id}`, 303);
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id: routerId } = readParams(state, idParams);
    const { tenantId } = requireSession(state);
    const result = await testRouter(state.services, tenantId, actorOf(state), { routerId });
    if (!result.ok) {
      return page(await loadRouter(state, { routerId, problem: refusalText(state, result) }), {
        status: 422,
      });
    }
    return ctx.redirect(`/admin/routers/${routerId}?test=${result.value.commandId}`, 303);
  },
});
