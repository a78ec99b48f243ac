import type { Translate } from "@/web/messages/mod.ts";
import { page } from "fresh";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { RelativeTime } from "@/web/components/DateText.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { LiveRegion } from "@/web/components/LiveRegion.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { SelectField } from "@/web/components/SelectField.tsx";
import { formatCount } from "@/web/format.ts";
import { startImportForm } from "@/web/route_table/imports.ts";
import { startImport } from "@/web/services/start_import.ts";
import { type ImportListRow, listImportHistory } from "@/web/store/imports_page.ts";
import { listRouters, type RouterRow } from "@/web/store/routers.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/sites.ts";
import { actorOf, may, momentOf, readPage, typed } from "../(_billing)/page_context.ts";
import { agentState } from "../(_network)/agent_state.tsx";
import { ImportPill } from "../(_network)/import_words.tsx";

const BATCHES = 50;

interface ImportsData {
  batches: ImportListRow[];
  routers: RouterRow[];
  sites: SiteOverviewRow[];
  now: Temporal.Instant;
  zone: string;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function ImportsPage({ data, state }) {
  const { t } = state;
  return (
    <>
      <PageHeader
        title={t("import.title")}
        lead={t("import.lead")}
      />
      <ErrorSummary errors={data.problems} title={t("import.not_started")} />
      {may(state, "import:run") && <StartCard data={data} state={state} />}
      <LiveRegion id="imports" isList>
        <DataTable
          caption={t("import.imports")}
          rows={data.batches}
          rowHref={(batch) => `/admin/import/${batch.id}`}
          rowNote={(batch) => batch.site_name}
          columns={[
            { head: t("tables.router"), cell: (batch) => batch.router_name },
            {
              head: t("tables.state"),
              cell: (batch) => <ImportPill status={batch.status} />,
              phone: "corner",
            },
            { head: t("import.read"), kind: "number", cell: (batch) => formatCount(batch.total) },
            { head: t("import.created"), kind: "number", cell: (batch) => formatCount(batch.created_count) },
            { head: t("import.skipped"), kind: "number", cell: (batch) => formatCount(batch.skipped_count) },
            { head: t("tables.started_by"), cell: (batch) => batch.created_by, minor: true, phone: "hide" },
            {
              head: t("import.started"),
              cell: (batch) => <RelativeTime at={batch.created_at} now={data.now} timeZone={data.zone} />,
              fit: true,
            },
          ]}
          empty={
            <EmptyState icon="import" title={t("import.none")}>
              {data.routers.length === 0 ? t("import.none_router") : t("import.none_hint")}
            </EmptyState>
          }
        />
      </LiveRegion>
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    return page(await load(ctx.state, {}));
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
    if (!result.ok) return page(await load(state, { routerId: result.message }), { status: 422 });
    return ctx.redirect(`/admin/import/${result.value.batchId}`, 303);
  },
});

async function load(state: AppState, problems: Record<string, string>): Promise<ImportsData> {
  state.title = state.t("import.title");
  state.live = ["network"];
  const { now, zone } = momentOf(state);
  return await readPage(state, async (trx) => ({
    batches: await listImportHistory(trx, BATCHES),
    routers: await listRouters(trx),
    sites: await listSiteOverview(trx),
    now,
    zone,
    problems,
  }));
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
