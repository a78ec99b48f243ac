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
import { formatCount, formatPlural } from "@/web/format.ts";
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
  const mayAdd = may(state, "site:write");
  const isEmpty = sites.length === 0;
  return (
    <>
      <PageHeader
        title="Sites"
        lead="A site is a place with routers. Its agent keeps them equal to the books."
      />
      <Flash
        done={data.done}
        messages={{ revoked: "The agent is revoked. Nothing changed on its routers." }}
      />
      <ErrorSummary errors={problems} title="The site was not added:" />
      <LiveRegion id="sites" isList>
        <DataTable
          caption="Sites"
          rows={sites}
          rowHref={(site) => `/admin/sites/${site.id}`}
          columns={[
            { head: "Site", cell: (site) => site.name },
            {
              head: "Agent",
              cell: (site) => <AgentPill site={site} now={now} zone={zone} />,
              phone: "corner",
            },
            { head: "Routers", cell: (site) => <RouterLinks site={site} now={now} /> },
            { head: "Managed secrets", kind: "number", cell: (site) => formatCount(site.managed) },
            {
              head: "Drift",
              cell: (site) =>
                site.drift === 0
                  ? <span class="note">None</span>
                  : <Pill tone="warn">{formatPlural(site.drift, "secret differs", "secrets differ")}</Pill>,
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
          <Disclosure label="Add a site">
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
  state.title = "Sites";
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
  if (site.routers.length === 0) return <span class="note">None yet</span>;
  const agent = agentState(site, now);
  return (
    <span class="cluster">
      {site.routers.slice(0, 4).map((router) => (
        <span class="cluster nowrap">
          {router.name} <RouterPill status={router.status} agent={agent} />
        </span>
      ))}
      {site.routers.length > 4 && <span class="note">and {site.routers.length - 4} more</span>}
    </span>
  );
}

function AddSite({ data, state }: { data: SitesData; state: AppState }) {
  return (
    <form class="form" method="post" action="/admin/sites">
      <Csrf token={state.csrfToken} />
      <TextField
        name="name"
        label="Name of the site"
        hint="The place, for example Ilaya tower."
        value={data.name}
        error={data.problems.name}
        maxLength={80}
        required
      />
      <div class="form-actions">
        <Button kind="primary">Add site</Button>
      </div>
    </form>
  );
}

function NoSites({ mayAdd }: { mayAdd: boolean }) {
  return (
    <EmptyState icon="site" title="Connect your first site">
      1. Add a site. 2. Copy one command to a computer there: it starts the agent. 3. Add the router and
      import its subscribers. {mayAdd ? "" : "Ask somebody who may add sites."}
    </EmptyState>
  );
}
