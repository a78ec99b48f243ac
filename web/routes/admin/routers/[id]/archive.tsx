import { withAbout } from "@/web/app/frame/about.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { archiveRouterForm } from "@/web/route_table/sites.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { countRouterSubscriptions, findRouter } from "@/web/store/network/routers.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";

const question = define.question({
  params: idParams,
  input: archiveRouterForm,
  load: async (trx, { params, state, moment }) => {
    const router = found(await findRouter(trx, params.id));
    found(router.archived_at === null || null);
    return {
      router,
      subscriptions: await countRouterSubscriptions(trx, router.id),
      gate: await loadGate(trx, { state, moment }, "router_removal", { siteId: router.site_id }),
    };
  },
  permission: "router:write",
  audit: "router.archived",
  confirm: true,
  summary: "Archive a router",
  title: ({ t, loaded: { router } }) => t("network.archive_title", { name: router.name }),
  back: ({ loaded: { router } }) => ({ href: `/admin/routers/${router.id}`, label: router.name }),
  blocked: ({ t, loaded: { router, subscriptions } }) =>
    subscriptions === 0 ? null : (
      <Banner
        tone="warn"
        title={t("network.archive_serves", { name: router.name, n: subscriptions })}
        actions={
          <LinkButton small href={`/admin/subscribers?router=${router.id}`}>
            {t("network.archive_show", { n: subscriptions })}
          </LinkButton>
        }
      >
        {t("network.archive_move")}
      </Banner>
    ),
  question: ({ t, loaded: { router } }) => t("network.archive_question", { name: router.name }),
  tone: "danger",
  effect: ({ t }) => t("network.archive_effect"),
  verb: ({ t, loaded: { gate } }) => gateVerb(gate, t, t("network.archive_link")),
  labels: { reason: "tables.reason" },
  children: ({ t, field, loaded: { gate } }) => (
    <>
      <GateNote gate={gate} t={t} />
      <p>{t("network.archive_note")}</p>
      {gate.way !== "run" && <TextField {...field("reason")} required />}
    </>
  ),
  submit: ({ reason }, { call, loaded: { router } }) =>
    askOrRun(...call, { kind: "router_removal", input: { routerId: router.id }, reason }),
  done: (done, { state, loaded: { router } }) =>
    afterAsking(state, done, {
      done: () => withAbout(`/admin/sites/${router.site_id}?done=archived`, router.id),
      cannotRead: `/admin/routers/${router.id}`,
    }),
});

export default question.page;
export const { handler, route } = question;
