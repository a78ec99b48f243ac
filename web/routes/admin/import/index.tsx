import { WEB_COMMANDS } from "@/web/services/network/commands/command_registry.ts";
import { partForm } from "@/web/app/form/form_view.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { RelativeTime } from "@/web/components/facts/DateText.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { formatCount } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { IMPORT_STATES, importsQuery, startImportForm } from "@/web/route_table/imports.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { countImports, type ImportListRow, listImportPage } from "@/web/store/imports/imports_page.ts";
import { listRouters, type RouterRow } from "@/web/store/network/routers.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/network/sites.ts";
import { agentState } from "../(_network)/agent_state.tsx";
import { ImportPill } from "../(_network)/import_words.tsx";

const PATH = "/admin/import";

interface Places {
  routers: RouterRow[];
  sites: SiteOverviewRow[];
}

export const list = define.list({
  name: "imports",
  path: () => PATH,
  query: importsQuery,
  filter: ({ query }) => ({ status: query.status, routerId: query.router }),
  count: (trx, { routerId }) => countImports(trx, { routerId }),
  read: (trx, filter, page) => listImportPage(trx, filter, page),
  more: async (trx): Promise<Places> => ({
    routers: await listRouters(trx),
    sites: await listSiteOverview(trx),
  }),
  permission: "import:read",
  summary: "Imports, and the start of a new one",
  live: ["network"],
  title: ({ t }) => t("import.title"),
  lead: ({ t }) => t("import.lead"),
  hasFile: ({ counts }) => sumOf(counts) > 0,
  above: ({ t, state, problems, more, moment: { now } }) => (
    <>
      <ErrorSummary
        errors={problems}
        labels={{ routerId: t("tables.router") }}
        title={t("import.not_started")}
      />
      {may(state, "import:run") && <StartCard places={more} problems={problems} now={now} state={state} />}
    </>
  ),
  total: ({ query, counts }) => query.status === undefined ? sumOf(counts) : counts[query.status] ?? 0,
  sort: "-started",
  columns: ({ t, moment: { now, zone } }) => [
    {
      head: t("tables.router"),
      cell: (batch) => batch.router_name,
      csv: (batch) => batch.router_name,
      sortBy: "router",
    },
    { head: t("tables.site"), csv: (batch) => batch.site_name },
    {
      id: "state",
      head: t("tables.state"),
      cell: (batch) => <ImportPill status={batch.status} />,
      csv: (batch) => t(`network.import_${batch.status}`),
      phone: "corner",
    },
    {
      id: "read",
      head: t("import.read"),
      kind: "number",
      cell: (batch) => formatCount(batch.total),
      csv: (batch) => String(batch.total),
      sortBy: "-read",
    },
    {
      id: "created",
      head: t("import.created"),
      kind: "number",
      cell: (batch) => formatCount(batch.created_count),
      csv: (batch) => String(batch.created_count),
      sortBy: "-created",
    },
    {
      id: "skipped",
      head: t("import.skipped"),
      kind: "number",
      cell: (batch) => formatCount(batch.skipped_count),
      csv: (batch) => String(batch.skipped_count),
    },
    {
      id: "by",
      head: t("tables.started_by"),
      cell: (batch) => batch.created_by,
      csv: (batch) => batch.created_by,
      minor: true,
      phone: "hide",
    },
    {
      id: "started",
      head: t("import.started"),
      cell: (batch) => <RelativeTime at={batch.created_at} now={now} timeZone={zone} />,
      csv: (batch) => batch.created_at.toString({ smallestUnit: "second" }),
      fit: true,
      sortBy: "-started",
    },
  ],
  table: ({ t, frame, query, counts, more: { routers } }) => {
    const all = sumOf(counts);
    const chip = (label: string, status: ImportListRow["status"] | undefined, count: number) => ({
      label,
      href: listHref(frame, { status }),
      count,
      isCurrent: query.status === status,
    });
    return {
      rowHref: (batch) => `${PATH}/${batch.id}`,
      rowNote: (batch) => batch.site_name,
      chips: all === 0 ? undefined : [
        chip(t("tables.all_rows"), undefined, all),
        ...IMPORT_STATES.filter((status) => counts[status] !== undefined || status === query.status)
          .map((status) => chip(t(`network.import_${status}`), status, counts[status] ?? 0)),
      ],
      active: activeFilters(frame, {
        router: `${t("tables.router")}: ${routers.find(({ id }) => id === query.router)?.name ?? ""}`,
      }, ["status"]),
      empty: (
        <EmptyState icon="import" title={t("import.none")}>
          {t(routers.length === 0 ? "import.none_router" : "import.none_hint")}
        </EmptyState>
      ),
    };
  },
});

export default list.page;

const part = define.part({
  on: list,
  input: startImportForm,
  load: () => Promise.resolve(null),
  permission: WEB_COMMANDS["router.read_secrets"].permission,
  audit: "import.started",
  summary: "Read the secrets of a router",
  submit: async (form, { call, state }) => {
    const result = await startImport(...call, form);
    return result.ok ? result : { problems: { routerId: refusalText(state, result) } };
  },
  done: ({ batchId }) => `${PATH}/${batchId}`,
});

export const handler = { ...part.handler, ...list.handler };
export const route = { ...part.route, ...list.route };

function sumOf(counts: Awaited<ReturnType<typeof countImports>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

interface StartCardProps {
  places: Places;
  problems: Readonly<Record<string, string>>;
  now: Temporal.Instant;
  state: AppState;
}

function StartCard({ places, problems, now, state }: StartCardProps) {
  const { routers } = places;
  const { t, field } = partForm(state, {
    input: startImportForm,
    labels: { routerId: "tables.router" },
    // One router is no choice.
    values: { routerId: routers.length === 1 ? routers[0]?.id ?? "" : "" },
    problems,
  });
  if (routers.length === 0) {
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
        <form class="form" method="post" action={PATH}>
          <Csrf token={state.csrfToken} />
          <SelectField
            {...field("routerId")}
            prompt={t("subscribers.choose_router")}
            options={routers.map((router) => optionOf(t, router, { ...places, now }))}
            width="medium"
          />
          <div class="form-actions">
            <Button kind="primary" icon="import">{t("import.read_secrets")}</Button>
          </div>
        </form>
      </div>
    </section>
  );
}

function optionOf(t: Translate, router: RouterRow, { sites, now }: Places & { now: Temporal.Instant }) {
  const site = sites.find(({ id }) => id === router.site_id);
  const isAway = site === undefined || agentState(site, now) !== "online";
  return {
    value: router.id,
    label: isAway
      ? t("import.option_away", { router: router.name, site: site?.name ?? "" })
      : `${router.name}, ${site.name}`,
  };
}
