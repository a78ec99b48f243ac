import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { removeSiteForm } from "@/web/route_table/sites.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { refuseRemoval } from "@/web/services/network/remove_site.ts";
import { findSite } from "@/web/store/network/sites.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";

const question = define.question({
  params: idParams,
  input: removeSiteForm,
  load: async (trx, { params, state, moment }) => {
    const site = found(await findSite(trx, params.id));
    return {
      site,
      refusal: await refuseRemoval(trx, site),
      gate: await loadGate(trx, { state, moment }, "site_removal", { siteId: site.id }),
    };
  },
  permission: "site:write",
  audit: "site.removed",
  confirm: true,
  summary: "Remove a site that has nothing any more",
  title: ({ t, loaded: { site } }) => t("network.remove_site_title", { name: site.name }),
  back: ({ loaded: { site } }) => ({ href: `/admin/sites/${site.id}`, label: site.name }),
  blocked: ({ t, state, loaded: { site, refusal } }) =>
    refusal && (
      <Banner tone="warn" title={t("network.remove_site_blocked", { name: site.name })}>
        {refusalText(state, refusal)}
      </Banner>
    ),
  question: ({ t, loaded: { site } }) => t("network.remove_site_question", { name: site.name }),
  tone: "danger",
  effect: ({ t }) => t("network.remove_site_effect"),
  verb: ({ t, loaded: { gate } }) => gateVerb(gate, t, t("network.remove_site_link")),
  labels: { reason: "tables.reason" },
  children: ({ t, field, loaded: { gate } }) => (
    <>
      <GateNote gate={gate} t={t} />
      <p>{t("network.remove_site_note")}</p>
      {gate.way !== "run" && <TextField {...field("reason")} required />}
    </>
  ),
  submit: ({ reason }, { call, loaded: { site } }) =>
    askOrRun(...call, { kind: "site_removal", input: { siteId: site.id }, reason }),
  done: (done, { state, loaded: { site } }) =>
    afterAsking(state, done, {
      done: () => "/admin/sites?done=removed",
      cannotRead: `/admin/sites/${site.id}`,
    }),
});

export default question.page;
export const { handler, route } = question;
