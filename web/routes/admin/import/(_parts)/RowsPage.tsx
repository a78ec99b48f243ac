import type { MessageKey } from "@/web/messages/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import type { AppState } from "@/web/app/state.ts";
import { Button } from "@/web/components/Button.tsx";
import { Csrf, HiddenFields } from "@/web/components/Csrf.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { FilterBar } from "@/web/components/FilterBar.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pager } from "@/web/components/Pager.tsx";
import { formatCount } from "@/web/format.ts";
import type { ReviewFilter } from "@/web/store/imports_page.ts";
import { address } from "../../(_billing)/page_context.ts";
import type { RowsView } from "./load_rows.ts";
import { rowColumns } from "./row_columns.tsx";

const FORM = "rows";
const CHIPS: readonly { show: ReviewFilter; label: MessageKey }[] = [
  { show: "all", label: "tables.all_rows" },
  { show: "issues", label: "import.with_remark" },
  { show: "skipped", label: "import.skipped" },
];

/** The secrets of an import, a hundred at a time; names, phones and decisions can be changed during the review. */
export function RowsPage({ view, state }: { view: RowsView; state: AppState }) {
  const { batch, router, query, isEditable } = view;
  const { t } = state;
  const path = `/admin/import/${batch.id}/rows`;
  return (
    <>
      <PageHeader
        title={t("import.secrets_of", { router: router.name })}
        back={{ href: `/admin/import/${batch.id}`, label: t("import.from", { router: router.name }) }}
        lead={isEditable ? t("import.rows_lead") : undefined}
      />
      <Flash done={query.done} messages={{ saved: t("import.saved") }} />
      <ErrorSummary errors={view.problems} />
      {isEditable && (
        <form id={FORM} method="post" action={path}>
          <Csrf token={state.csrfToken} />
          <HiddenFields values={placeOf(view)} />
        </form>
      )}
      <DataTable
        caption={t("import.rows_caption")}
        rows={view.rows}
        columns={rowColumns(view, state, FORM)}
        toolbar={<Filters view={view} path={path} />}
        empty={
          <EmptyState icon="search" title={t("import.no_secret")}>
            {query.q ? t("import.none_has", { text: query.q }) : t("import.none_of_kind")}
          </EmptyState>
        }
        foot={view.rows.length > 0 && (
          <>
            {isEditable && (
              <div class="card-foot">
                <Button kind="primary" form={FORM}>{t("import.save_page")}</Button>
              </div>
            )}
            <Pager
              summary={t("tables.shown", {
                shown: formatCount(view.rows.length),
                total: t("import.secrets", { n: view.counts[query.show ?? "all"] }),
              })}
              previousHref={view.previous === null
                ? undefined
                : address(path, { ...keep(view), before: view.previous })}
              nextHref={view.next === null ? undefined : address(path, { ...keep(view), after: view.next })}
            />
          </>
        )}
      />
    </>
  );
}

function Filters({ view, path }: { view: RowsView; path: string }) {
  const t = useT();
  const { query, counts } = view;
  const chips = counts.failed > 0
    ? [...CHIPS, { show: "failed" as const, label: "tables.failed" as const }]
    : CHIPS;
  return (
    <FilterBar
      chips={chips.map(({ show, label }) => ({
        label: t(label),
        href: address(path, { q: query.q, show: show === "all" ? undefined : show }),
        count: counts[show],
        isCurrent: (query.show ?? "all") === show,
      }))}
      search={{
        action: path,
        label: t("import.search"),
        value: query.q,
        keep: query.show === undefined ? {} : { show: query.show },
      }}
    />
  );
}

function keep({ query }: RowsView) {
  return { q: query.q, show: query.show };
}

/** Where the page stands, so that saving comes back to it. */
function placeOf({ query }: RowsView): Record<string, string> {
  const place = { q: query.q, show: query.show, after: query.after, before: query.before };
  return Object.fromEntries(Object.entries(place).flatMap(([name, value]) => value ? [[name, value]] : []));
}
