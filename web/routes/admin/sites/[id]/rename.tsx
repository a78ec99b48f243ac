import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { renameSiteForm } from "@/web/route_table/sites.ts";
import { renameSite } from "@/web/services/network/rename_site.ts";
import { actorOf } from "@/web/app/page_context.ts";
import { loadSite } from "../(_parts)/load_site.ts";
import { SitePage } from "../(_parts)/SitePage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <SitePage view={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "site:write",
    params: idParams,
    summary: "Leads to the site",
  },
  POST: {
    audience: "staff",
    permission: "site:write",
    params: idParams,
    input: renameSiteForm,
    audit: "site.renamed",
    summary: "Rename a site",
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
    const refuse = async (message: string) => {
      const problems = { siteName: message };
      return page(await loadSite(state, ctx.req.headers, { siteId, problems }), { status: 422 });
    };
    if (state.inputProblems !== null) return await refuse(Object.values(state.inputProblems).join(" "));
    const { name, was: seen } = readInput(state, renameSiteForm);
    const result = await renameSite(state.services, tenantId, actorOf(state), { siteId, name, seen });
    if (!result.ok) return await refuse(refusalText(ctx.state, result));
    return ctx.redirect(await withUndo(ctx.state, `/admin/sites/${siteId}?done=renamed`, siteId), 303);
  },
});
