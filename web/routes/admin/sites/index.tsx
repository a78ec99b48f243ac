import { useT } from "@/web/components/i18n.ts";
import { page } from "fresh";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button } from "@/web/components/Button.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { Disclosure } from "@/web/components/Disclosure.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { LiveRegion } from "@/web/components/LiveRegion.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { formatCount } from "@/web/format.ts";
import { siteForm, sitesQuery } from "@/web/route_table/sites.ts";
import { createSite } from "@/web/services/create_site.ts";
import { listRouters, type RouterRow } from "@/web/store/routers.ts";
import { listRouterFigures } from "@/web/store/sites_page.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/sites.ts";
import { actorOf, may, momentOf, readPage, typed } from "../(_billing)/page_context.ts";
import { AgentPill, agentState } from "../(_network)/agent_state.tsx";
import { RouterPill } from "../(_network)/router_state.tsx";

interface SiteLine extends SiteOverviewRow {
  routers: RouterRow[];
  managed: number;
  drift: number;
}

interface SitesData {
  sites: SiteLine[];
  now: Temporal.Instant;
  zone: string;
  name: string;
  problems: Record<string, string>;
  done: string | undefined;
}

export default define.page<typeof handler>(function SitesPage({ data, state }) {
  const { sites, now, zone, problems } = data;
  const { t } = state;
  const mayAdd = may(state, "site:write");
  const isEmpty = sites.length === 0;
  return (
    <>
      <PageHeader
        title={t("network.title")}
        lead={t("network.lead")}
      />
      <Flash
        done={data.done}
        messages={{ revoked: t("network.done_revoked_list") }}
      />
      <ErrorSummary errors={problems} title={t("network.not_added")} />
      <LiveRegion id="sites" isList>
        <DataTable
          caption={t("network.title")}
          rows={sites}
          rowHref={(site) => `/admin/sites/${site.id}`}
          columns={[
            { head: t("tables.site"), cell: (site) => site.name },
            {
              head: t("network.agent"),
              cell: (site) => <AgentPill site={site} now={now} zone={zone} />,
              phone: "corner",
            },
            { head: t("network.routers_head"), cell: (site) => <RouterLinks site={site} now={now} /> },
            { head: t("network.managed"), kind: "number", cell: (site) => formatCount(site.managed) },
            {
              head: t("network.drift"),
              cell: (site) =>
                site.drift === 0
                  ? <span class="note">{t("network.none")}</span>
                  : <Pill tone="warn">{t("network.differ", { n: site.drift })}</Pill>,
            },
          ]}
          empty={<NoSites mayAdd={mayAdd} />}
        />
      </LiveRegion>
      {mayAdd && (isEmpty || problems.name
        ? (
          <section class="card">
            <div class="card-body">
              <AddSite data={data} state={state} />
            </div>
          </section>
        )
        : (
          <Disclosure label={t("network.add_site")}>
            <AddSite data={data} state={state} />
          </Disclosure>
        ))}
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    const { done } = readInput(ctx.state, sitesQuery);
    return page(await load(ctx.state, {}, done));
  },
  async POST(ctx) {
    if (ctx.state.inputProblems !== null) {
      return page(await load(ctx.state, ctx.state.inputProblems), { status: 422 });
    }
    const { services } = ctx.state;
    const { tenantId } = requireSession(ctx.state);
    const result = await createSite(services, tenantId, actorOf(ctx.state), readInput(ctx.state, siteForm));
    if (!result.ok) return page(await load(ctx.state, { name: result.message }), { status: 422 });
    return ctx.redirect(`/admin/sites/${result.value.siteId}?done=added`, 303);
  },
});

async function load(state: AppState, problems: Record<string, string>, done?: string): Promise<SitesData> {
  state.title = state.t("network.title");
  state.live = ["network"];
  const { now, zone } = momentOf(state);
  const sites = await readPage(state, async (trx) => {
    const routers = await listRouters(trx);
    const figures = await listRouterFigures(trx);
    return (await listSiteOverview(trx)).map((site): SiteLine => {
      const own = figures.filter((figure) => figure.site_id === site.id);
      return {
        ...site,
        routers: routers.filter((router) => router.site_id === site.id),
        managed: own.reduce((sum, figure) => sum + figure.managed, 0),
        drift: own.reduce((sum, figure) => sum + figure.drift, 0),
      };
    });
  });
  return { sites, now, zone, problems, done, name: typed(state, "name") };
}

function RouterLinks({ site, now }: { site: SiteLine; now: Temporal.Instant }) {
  const t = useT();
  if (site.routers.length === 0) return <span class="note">{t("tonight.none_yet")}</span>;
  const agent = agentState(site, now);
  return (
    <span class="cluster">
      {site.routers.slice(0, 4).map((router) => (
        <span class="cluster nowrap">
          {router.name} <RouterPill status={router.status} agent={agent} />
        </span>
      ))}
      {site.routers.length > 4 && (
        <span class="note">{t("network.more", { n: site.routers.length - 4 })}</span>
      )}
    </span>
  );
}

function AddSite({ data, state }: { data: SitesData; state: AppState }) {
  const { t } = state;
  return (
    <form class="form" method="post" action="/admin/sites">
      <Csrf token={state.csrfToken} />
      <TextField
        name="name"
        label={t("network.site_name")}
        hint={t("network.site_hint")}
        value={data.name}
        error={data.problems.name}
        maxLength={80}
        required
      />
      <div class="form-actions">
        <Button kind="primary">{t("network.add_site_verb")}</Button>
      </div>
    </form>
  );
}

function NoSites({ mayAdd }: { mayAdd: boolean }) {
  const t = useT();
  return (
    <EmptyState icon="site" title={t("network.first_site")}>
      {t("network.first_how")} {mayAdd ? "" : t("network.ask_add")}
    </EmptyState>
  );
}
