import { WEB_COMMANDS } from "@/web/services/network/commands/command_registry.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { refusalText } from "@/web/app/refusal_text.ts";
import { page } from "fresh";
import type { z } from "zod";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { RelativeTime } from "@/web/components/DateText.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { type ListFrame, listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { SelectField } from "@/web/components/SelectField.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { formatCount } from "@/web/format.ts";
import { IMPORT_STATES, importsQuery, startImportForm } from "@/web/route_table/imports.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { countImports, type ImportListRow, listImportPage } from "@/web/store/imports/imports_page.ts";
import type { Page } from "@/web/store/db/keyset.ts";
import { listRouters, type RouterRow } from "@/web/store/network/routers.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/network/sites.ts";
import { actorOf, may, momentOf, readPage, typed } from "@/web/app/page_context.ts";
import { agentState } from "../(_network)/agent_state.tsx";
import { activeFilters } from "@/web/app/list/active.ts";
import { pageOf, readFrame } from "@/web/app/list/frame.ts";
import { ImportPill } from "../(_network)/import_words.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

const PATH = "/admin/import";

interface ImportsData extends Page<ImportListRow> {
  frame: ListFrame;
  query: z.infer<typeof importsQuery>;
  counts: Awaited<ReturnType<typeof countImports>>;
  routers: RouterRow[];
  sites: SiteOverviewRow[];
  now: Temporal.Instant;
  zone: string;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function ImportsPage({ data, state }) {
  const { frame, query, counts } = data;
  const { t } = state;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const chip = (label: string, status: ImportListRow["status"] | undefined, count: number) => ({
    label,
    href: listHref(frame, { status }),
    count,
    isCurrent: query.status === status,
  });
  return (
    <>
      <PageHeader
        title={t("import.title")}
        lead={t("import.lead")}
        actions={all > 0 && (
          <LinkButton icon="export" href={listHref({ ...frame, path: `${PATH}.csv` }, { per: undefined })}>
            CSV
          </LinkButton>
        )}
      />
      <ErrorSummary errors={data.problems} title={t("import.not_started")} />
      {may(state, "import:run") && <StartCard data={data} state={state} />}
      <ListTable
        frame={frame}
        caption={t("import.imports")}
        rows={data.rows}
        rowHref={(batch) => `${PATH}/${batch.id}`}
        rowNote={(batch) => batch.site_name}
        columns={columnsFor(t, data)}
        next={data.next}
        previous={data.previous}
        total={query.status === undefined ? all : counts[query.status] ?? 0}
        sort="-started"
        chips={all === 0 ? undefined : [
          chip(t("tables.all_rows"), undefined, all),
          ...IMPORT_STATES.filter((status) => counts[status] !== undefined || status === query.status)
            .map((status) => chip(t(`network.import_${status}`), status, counts[status] ?? 0)),
        ]}
        active={activeFilters(
          frame,
          {
            router: `${t("tables.router")}: ${
              data.routers.find(({ id }) => id === query.router)?.name ?? ""
            }`,
          },
          ["status"],
        )}
        empty={
          <EmptyState icon="import" title={t("import.none")}>
            {data.routers.length === 0 ? t("import.none_router") : t("import.none_hint")}
          </EmptyState>
        }
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "import:read",
    input: importsQuery,
    summary: "Imports, and the start of a new one",
  },
  POST: {
    audience: "staff",
    permission: WEB_COMMANDS["router.read_secrets"].permission,
    input: startImportForm,
    audit: "import.started",
    summary: "Read the secrets of a router",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    return page(await load(ctx.state, {}, readInput(ctx.state, importsQuery)));
  },
  async POST(ctx) {
    const { state } = ctx;
    if (state.inputProblems !== null) return page(await load(state, state.inputProblems), { status: 422 });
    const { tenantId } = requireSession(state);
    const result = await startImport(
      state.services,
      tenantId,
      actorOf(state),
      readInput(state, startImportForm),
    );
    if (!result.ok) return page(await load(state, { routerId: refusalText(state, result) }), { status: 422 });
    return ctx.redirect(`/admin/import/${result.value.batchId}`, 303);
  },
});

async function load(
  state: AppState,
  problems: Record<string, string>,
  query: ImportsData["query"] = importsQuery.parse({}),
): Promise<ImportsData> {
  state.title = state.t("import.title");
  state.live = ["network"];
  const { now, zone } = momentOf(state);
  return await readPage(state, async (trx) => ({
    ...await listImportPage(trx, { status: query.status, routerId: query.router }, pageOf(query)),
    frame: await readFrame(trx, state, { name: "imports", path: PATH, query }),
    query,
    counts: await countImports(trx, { routerId: query.router }),
    routers: await listRouters(trx),
    sites: await listSiteOverview(trx),
    now,
    zone,
    problems,
  }));
}

function columnsFor(t: Translate, { now, zone }: ImportsData): Column<ImportListRow>[] {
  return [
    { head: t("tables.router"), cell: (batch) => batch.router_name, sortBy: "router" },
    {
      id: "state",
      head: t("tables.state"),
      cell: (batch) => <ImportPill status={batch.status} />,
      phone: "corner",
    },
    {
      id: "read",
      head: t("import.read"),
      kind: "number",
      cell: (batch) => formatCount(batch.total),
      sortBy: "-read",
    },
    {
      id: "created",
      head: t("import.created"),
      kind: "number",
      cell: (batch) => formatCount(batch.created_count),
      sortBy: "-created",
    },
    {
      id: "skipped",
      head: t("import.skipped"),
      kind: "number",
      cell: (batch) => formatCount(batch.skipped_count),
    },
    { id: "by", head: t("tables.started_by"), cell: (batch) => batch.created_by, minor: true, phone: "hide" },
    {
      id: "started",
      head: t("import.started"),
      cell: (batch) => <RelativeTime at={batch.created_at} now={now} timeZone={zone} />,
      fit: true,
      sortBy: "-started",
    },
  ];
}

function StartCard({ data, state }: { data: ImportsData; state: AppState }) {
  const { t } = state;
  if (data.routers.length === 0) {
    return (
      <section class="card">
        <EmptyState
          icon="site"
          title={t("import.no_router")}
          actions={may(state, "site:read") && (
            <LinkButton kind="primary" href="/admin/sites">{t("tables.sub_none_site")}</LinkButton>
          )}
        >
          {t("import.no_router_hint")}
        </EmptyState>
      </section>
    );
  }
  return (
    <section class="card">
      <div class="card-body">
        <form class="form" method="post" action="/admin/import">
          <Csrf token={state.csrfToken} />
          <SelectField
            name="routerId"
            label={t("tables.router")}
            prompt={t("subscribers.choose_router")}
            options={data.routers.map((router) => optionOf(t, router, data))}
            value={typed(state, "routerId") || (data.routers.length === 1 ? data.routers[0]?.id : undefined)}
            error={data.problems.routerId}
            width="medium"
            required
          />
          <div class="form-actions">
            <Button kind="primary" icon="import">{t("import.read_secrets")}</Button>
          </div>
        </form>
      </div>
    </section>
  );
}

function optionOf(t: Translate, router: RouterRow, { sites, now }: ImportsData) {
  const site = sites.find(({ id }) => id === router.site_id);
  const isAway = site === undefined || agentState(site, now) !== "online";
  return {
    value: router.id,
    label: isAway
      ? t("import.option_away", { router: router.name, site: site?.name ?? "" })
      : `${router.name}, ${site.name}`,
  };
}
