import { found, may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { isTyped } from "@/web/components/form/ConfirmPanel.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { revokeForm, revokeQuery } from "@/web/route_table/sites.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { revokeAgent } from "@/web/services/network/revoke_agent.ts";
import { findAgent } from "@/web/store/network/agents.ts";
import { listRouters } from "@/web/store/network/routers.ts";
import { findSite } from "@/web/store/network/sites.ts";
import { enrolmentCookie } from "../../(_network)/enrolment_cookie.ts";

const question = define.question({
  params: idParams,
  query: revokeQuery,
  input: revokeForm,
  load: async (trx, { params, query, state }) => {
    const agent = found(await findAgent(trx, params.id));
    const site = found(await findSite(trx, agent.site_id));
    return {
      agent,
      site,
      path: `/admin/sites/${site.id}`,
      /** How many routers it speaks for. */
      routers: (await listRouters(trx, site.id)).length,
      /** The code for the next one is made at once. */
      replaces: query.then === "enrol" && may(state, "agent:enrol"),
    };
  },
  leave: ({ agent, path }) => agent.revoked_at === null ? null : path,
  permission: "agent:revoke",
  audit: "agent.revoked",
  confirm: true,
  summary: "Revoke an agent",
  title: ({ t, loaded: { replaces, site } }) =>
    t(replaces ? "network.replace_of" : "network.revoke_of", { site: site.name }),
  windowTitle: ({ t, loaded }) => t(loaded.replaces ? "network.replace" : "network.revoke_title"),
  back: ({ loaded: { path, site } }) => ({ href: path, label: site.name }),
  hidden: ({ loaded: { replaces } }) => replaces ? { then: "enrol" } : {},
  question: ({ t, loaded: { replaces, site } }) =>
    t(replaces ? "network.replace_question" : "network.revoke_question", { site: site.name }),
  tone: "danger",
  effect: ({ t, loaded: { routers } }) =>
    routers === 0
      ? t("network.revoke_empty")
      : t("network.revoke_effect", { routers: t("network.routers", { n: routers }) }),
  verb: ({ t, loaded: { replaces } }) => t(replaces ? "network.replace_verb" : "network.revoke_verb"),
  typedWord: ({ loaded: { site } }) => site.name,
  children: ({ t }) => <p>{t("network.sealed_note")}</p>,
  submit: async ({ confirm }, { call, loaded: { agent, site }, state: { t } }) => {
    if (agent.revoked_at === null && !isTyped(site.name, confirm)) {
      return { problems: { confirm: t("states.type_word_wrong", { word: site.name }) } };
    }
    return await revokeAgent(...call, { agentId: agent.id });
  },
  done: async (_value, { call, ctx, state, loaded: { path, replaces, site } }) => {
    const response = ctx.redirect(`${path}?done=revoked`, 303);
    if (!replaces) return response;
    const made = await createEnrolmentCode(...call, { siteId: site.id });
    // Somebody else was faster: the site's page shows how it is.
    if (made.ok) response.headers.append("set-cookie", enrolmentCookie(state, site.id, made.value));
    return response;
  },
});

export default question.page;
export const { handler, route } = question;
