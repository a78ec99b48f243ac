import { useT } from "@/web/components/i18n.ts";
import { refusalText } from "@/web/app/refusal_text.ts";
import { page } from "fresh";
import type { z } from "zod";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { Disclosure } from "@/web/components/Disclosure.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { type ListFrame, listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { TextField } from "@/web/components/TextField.tsx";
import { formatCount } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { siteForm, sitesQuery } from "@/web/route_table/sites.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { actorOf, may, momentOf, readPage, typed } from "@/web/app/page_context.ts";
import { AgentPill, agentState } from "../(_network)/agent_state.tsx";
import { readFrame } from "@/web/app/list/frame.ts";
import { RouterPill } from "../(_network)/router_state.tsx";
import { arrangeSites, countSites, readSiteLines, type SiteLine } from "./(_parts)/site_lines.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { SITE_MAX } from "@/web/domain/network/limits.ts";

const PATH = "/admin/sites";

interface SitesData {
  frame: ListFrame;
  query: z.infer<typeof sitesQuery>;
  /** Those that match. */
  sites: SiteLine[];
  counts: ReturnType<typeof countSites>;
  /** There is no site at all. */
  isEmpty: boolean;
  now: Temporal.Instant;
  zone: string;
  name: string;
  problems: Record<string, string>;
  done: string | undefined;
}

export default define.page<typeof handler>(function SitesPage({ data, state }) {
  const { frame, query, sites, counts, now, zone, problems } = data;
  const { t } = state;
  const mayAdd = may(state, "site:write");
  const isEmpty = data.isEmpty;
  const chip = (label: string, value: "away" | "drift" | undefined, count: number) => ({
    label,
    href: listHref(frame, { state: value }),
    count,
    isCurrent: query.state === value,
  });
  return (
    <>
      <PageHeader
        title={t("network.title")}
        lead={t("network.lead")}
        actions={!isEmpty && (
          <LinkButton icon="export" href={listHref({ ...frame, path: `${PATH}.csv` }, {})}>CSV</LinkButton>
        )}
      />
      <Flash
        done={data.done}
        messages={{ revoked: t("network.done_revoked_list") }}
      />
      <ErrorSummary errors={problems} title={t("network.not_added")} />
      <ListTable
        frame={frame}
        caption={t("network.title")}
        rows={sites}
        total={sites.length}
        sort="name"
        rowHref={(site) => `${PATH}/${site.id}`}
        columns={columnsFor(t, now, zone)}
        chips={isEmpty ? undefined : [
          chip(t("tables.all_rows"), undefined, counts.all),
          chip(t("network.chip_away"), "away", counts.away),
          chip(t("network.drift"), "drift", counts.drift),
        ]}
        search={isEmpty ? undefined : t("network.search")}
        empty={<NoSites mayAdd={mayAdd} />}
      />
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

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "site:read",
    input: sitesQuery,
    summary: "Sites with agents and routers",
  },
  POST: {
    audience: "staff",
    permission: "site:write",
    input: siteForm,
    audit: "site.created",
    summary: "Add a site",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    return page(await load(ctx.state, {}, readInput(ctx.state, sitesQuery)));
  },
  async POST(ctx) {
    if (ctx.state.inputProblems !== null) {
      return page(await load(ctx.state, ctx.state.inputProblems), { status: 422 });
    }
    const { services } = ctx.state;
    const { tenantId } = requireSession(ctx.state);
    const result = await createSite(services, tenantId, actorOf(ctx.state), readInput(ctx.state, siteForm));
    if (!result.ok) {
      return page(await load(ctx.state, { name: refusalText(ctx.state, result) }), { status: 422 });
    }
    return ctx.redirect(`/admin/sites/${result.value.siteId}?done=added`, 303);
  },
});

async function load(
  state: AppState,
  problems: Record<string, string>,
  query: SitesData["query"] = sitesQuery.parse({}),
): Promise<SitesData> {
  state.title = state.t("network.title");
  state.live = ["network"];
  const { now, zone } = momentOf(state);
  const { lines, frame } = await readPage(state, async (trx) => ({
    lines: await readSiteLines(trx),
    frame: await readFrame(trx, state, { name: "sites", path: PATH, query }),
  }));
  return {
    frame,
    query,
    sites: arrangeSites(lines, query, now),
    counts: countSites(lines, query.q, now),
    isEmpty: lines.length === 0,
    now,
    zone,
    problems,
    done: query.done,
    name: typed(state, "name"),
  };
}

function columnsFor(t: Translate, now: Temporal.Instant, zone: string): Column<SiteLine>[] {
  return [
    { head: t("tables.site"), cell: (site) => site.name, sortBy: "name" },
    {
      id: "agent",
      head: t("network.agent"),
      cell: (site) => <AgentPill site={site} now={now} zone={zone} />,
      phone: "corner",
    },
    {
      id: "routers",
      head: t("network.routers_head"),
      cell: (site) => <RouterLinks site={site} now={now} />,
      sortBy: "-routers",
    },
    {
      id: "managed",
      head: t("network.managed"),
      kind: "number",
      cell: (site) => formatCount(site.managed),
      sortBy: "-managed",
    },
    {
      id: "drift",
      head: t("network.drift"),
      cell: (site) =>
        site.drift === 0
          ? <span class="note">{t("network.none")}</span>
          : <Pill tone="warn">{t("network.differ", { n: site.drift })}</Pill>,
      sortBy: "-drift",
    },
  ];
}

function RouterLinks({ site, now }: { site: SiteLine; now: Temporal.Instant }) {
  const t = useT();
  if (site.routers.length === 0) return <span class="note">{t("tonight.none_yet")}</span>;
  const agent = agentState(site, now);
  return (
    <span class="cluster">
      {site.routers.slice(0, 4).map((router) => (
        <span class="cluster nowrap">
          {router.name} <RouterPill router={router} agent={agent} />
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
        maxLength={SITE_MAX.name}
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
