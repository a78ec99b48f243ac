import { noFields } from "@/web/app/form/no_fields.ts";
import { withAbout } from "@/web/app/frame/about.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { archiveRouter } from "@/web/services/network/archive_router.ts";
import { countRouterSubscriptions, findRouter } from "@/web/store/network/routers.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params }) => {
    const router = found(await findRouter(trx, params.id));
    found(router.archived_at === null || null);
    return { router, subscriptions: await countRouterSubscriptions(trx, router.id) };
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
  verb: ({ t }) => t("network.archive_link"),
  children: ({ t }) => <p>{t("network.archive_note")}</p>,
  submit: (_input, { call, loaded: { router } }) => archiveRouter(...call, { routerId: router.id }),
  done: (_value, { loaded: { router } }) =>
    withAbout(`/admin/sites/${router.site_id}?done=archived`, router.id),
});

export default question.page;
export const { handler, route } = question;
