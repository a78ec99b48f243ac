import { page } from "fresh";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { ConfirmPanel, isTyped } from "@/web/components/ConfirmPanel.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { revokeForm, revokeQuery } from "@/web/route_table/sites.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { revokeAgent } from "@/web/services/network/revoke_agent.ts";
import { findAgent } from "@/web/store/network/agents.ts";
import { listRouters } from "@/web/store/network/routers.ts";
import { findSite } from "@/web/store/network/sites.ts";
import { actorOf, found, may, readPage } from "@/web/app/page_context.ts";
import { enrolmentCookie } from "../../(_network)/enrolment_cookie.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(
  function RevokePage({ data: { agent, site, routers, replaces, isWrong }, state }) {
    const { t } = state;
    const many = t("network.routers", { n: routers });
    return (
      <>
        <PageHeader
          title={t(replaces ? "network.replace_of" : "network.revoke_of", { site: site.name })}
          back={{ href: `/admin/sites/${site.id}`, label: site.name }}
        />
        <ConfirmPanel
          tone="danger"
          title={t(replaces ? "network.replace_question" : "network.revoke_question", { site: site.name })}
          effect={routers === 0 ? t("network.revoke_empty") : t("network.revoke_effect", { routers: many })}
          verb={replaces ? t("network.replace_verb") : t("network.revoke_verb")}
          action={`/admin/agents/${agent.id}/revoke`}
          values={replaces ? { then: "enrol" } : {}}
          csrfToken={state.csrfToken}
          cancelHref={`/admin/sites/${site.id}`}
          typed={{
            word: site.name,
            name: "confirm",
            error: isWrong ? state.t("states.type_word_wrong", { word: site.name }) : undefined,
          }}
        >
          <p>
            {t("network.sealed_note")}
          </p>
        </ConfirmPanel>
      </>
    );
  },
);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "agent:revoke",
    params: idParams,
    input: revokeQuery,
    summary: "What revoking will do",
  },
  POST: {
    audience: "staff",
    permission: "agent:revoke",
    params: idParams,
    input: revokeForm,
    audit: "agent.revoked",
    summary: "Revoke an agent",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { then } = readInput(ctx.state, revokeQuery);
    const view = await load(ctx.state, then);
    if (view.agent.revoked_at !== null) return ctx.redirect(`/admin/sites/${view.site.id}`, 303);
    return page({ ...view, isWrong: false });
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id: agentId } = readParams(state, idParams);
    const { then, confirm } = readInput(state, revokeForm);
    const { tenantId } = requireSession(state);
    const view = await load(state, then);
    const siteId = view.site.id;
    if (view.agent.revoked_at === null && !isTyped(view.site.name, confirm)) {
      return page({ ...view, isWrong: true }, { status: 422 });
    }
    found((await revokeAgent(state.services, tenantId, actorOf(state), { agentId })).ok || null);
    const response = ctx.redirect(`/admin/sites/${siteId}?done=revoked`, 303);
    if (then !== "enrol" || !may(state, "agent:enrol")) return response;
    const made = await createEnrolmentCode(state.services, tenantId, actorOf(state), { siteId });
    // Somebody else was faster: the site's page shows how it is.
    if (made.ok) response.headers.append("set-cookie", enrolmentCookie(state, siteId, made.value));
    return response;
  },
});

/** The agent, its site and how many routers it speaks for. */
async function load(state: AppState, then: "enrol" | undefined) {
  const { id } = readParams(state, idParams);
  const replaces = then === "enrol" && may(state, "agent:enrol");
  state.title = state.t(replaces ? "network.replace" : "network.revoke_title");
  const view = await readPage(state, async (trx) => {
    const agent = found(await findAgent(trx, id));
    return {
      agent,
      site: found(await findSite(trx, agent.site_id)),
      routers: (await listRouters(trx, agent.site_id)).length,
    };
  });
  return { ...view, replaces };
}
