import { page } from "fresh";
import { readParams, requireSession } from "@/web/app/input.ts";
import { withAbout } from "@/web/app/about.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { Banner } from "@/web/components/Banner.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { archiveRouter } from "@/web/services/network/archive_router.ts";
import { countRouterSubscriptions, findRouter, type RouterRow } from "@/web/store/network/routers.ts";
import { actorOf, found, readPage } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface ArchiveData {
  router: RouterRow;
  subscriptions: number;
}

export default define.page<typeof handler>(function ArchivePage({ data: { router, subscriptions }, state }) {
  const { t } = state;
  const back = `/admin/routers/${router.id}`;
  return (
    <>
      <PageHeader
        title={t("network.archive_title", { name: router.name })}
        back={{ href: back, label: router.name }}
      />
      {subscriptions > 0
        ? (
          <Banner
            tone="warn"
            title={t("network.archive_serves", { name: router.name, n: subscriptions })}
            actions={<LinkButton small href={back}>{t("states.go_back")}</LinkButton>}
          >
            {t("network.archive_move")}
          </Banner>
        )
        : (
          <ConfirmPanel
            tone="danger"
            title={t("network.archive_question", { name: router.name })}
            effect={t("network.archive_effect")}
            verb={t("network.archive_link")}
            action={`${back}/archive`}
            csrfToken={state.csrfToken}
            cancelHref={back}
          >
            <p>{t("network.archive_note")}</p>
          </ConfirmPanel>
        )}
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "router:write",
    params: idParams,
    summary: "What archiving will do",
  },
  POST: {
    audience: "staff",
    permission: "router:write",
    params: idParams,
    audit: "router.archived",
    summary: "Archive a router",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    return page(await load(ctx.state));
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id: routerId } = readParams(state, idParams);
    const { tenantId } = requireSession(state);
    const result = await archiveRouter(state.services, tenantId, actorOf(state), { routerId });
    if (!result.ok) return page(await load(state), { status: 422 });
    const { site_id: siteId } = found(await readPage(state, (trx) => findRouter(trx, routerId)));
    return ctx.redirect(withAbout(`/admin/sites/${siteId}?done=archived`, routerId), 303);
  },
});

async function load(state: AppState): Promise<ArchiveData> {
  const { id } = readParams(state, idParams);
  return await readPage(state, async (trx) => {
    const router = found(await findRouter(trx, id));
    found(router.archived_at === null || null);
    state.title = state.t("network.archive_title", { name: router.name });
    return { router, subscriptions: await countRouterSubscriptions(trx, id) };
  });
}
