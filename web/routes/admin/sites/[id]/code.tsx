import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { actorOf } from "@/web/app/page_context.ts";
import { enrolmentCookie } from "../../(_network)/enrolment_cookie.ts";
import { loadSite } from "../(_parts)/load_site.ts";
import { SitePage } from "../(_parts)/SitePage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <SitePage view={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "agent:enrol",
    params: idParams,
    summary: "Leads to the site",
  },
  POST: {
    audience: "staff",
    permission: "agent:enrol",
    params: idParams,
    audit: "enrolment_code.created",
    summary: "Make a code that enrols an agent",
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
    const result = await createEnrolmentCode(state.services, tenantId, actorOf(state), { siteId });
    if (!result.ok) {
      const problems = { "": refusalText(ctx.state, result) };
      return page(await loadSite(state, ctx.req.headers, { siteId, problems }), { status: 422 });
    }
    const response = ctx.redirect(`/admin/sites/${siteId}`, 303);
    response.headers.append("set-cookie", enrolmentCookie(state, siteId, result.value));
    return response;
  },
});
