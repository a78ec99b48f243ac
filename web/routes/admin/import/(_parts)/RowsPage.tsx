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
import { formatCount, formatPlural } from "@/web/format.ts";
import type { ReviewFilter } from "@/web/store/imports_page.ts";
import { address } from "../../(_billing)/page_context.ts";
import type { RowsView } from "./load_rows.ts";
import { rowColumns } from "./row_columns.tsx";

const FORM = "rows";
const CHIPS: readonly { show: ReviewFilter; label: string }[] = [
  { show: "all", label: "All" },
  { show: "issues", label: "With a remark" },
  { show: "skipped", label: "Skipped" },
];

/** The secrets of an import, a hundred at a time; names, phones and decisions can be changed during the review. */
export function RowsPage({ view, state }: { view: RowsView; state: AppState }) {
  const { batch, router, query, isEditable } = view;
  const path = `/admin/import/${batch.id}/rows`;
  return (
    <>
      <PageHeader
        title={`Secrets of ${router.name}`}
        back={{ href: `/admin/import/${batch.id}`, label: `Import from ${router.name}` }}
        lead={isEditable
          ? "Correct names and phone numbers, and untick what is not a subscriber."
          : undefined}
      />
      <Flash done={query.done} messages={{ saved: "This page is saved." }} />
      <ErrorSummary errors={view.problems} />
      {isEditable && (
        <form id={FORM} method="post" action={path}>
          <Csrf token={state.csrfToken} />
          <HiddenFields values={placeOf(view)} />
        </form>
      )}
      <DataTable
        caption="PPP secrets of this import"
        rows={view.rows}
        columns={rowColumns(view, state, FORM)}
        toolbar={<Filters view={view} path={path} />}
        empty={
          <EmptyState icon="search" title="No secret matches">
            {query.q ? `Nothing here has “${query.q}” in it.` : "There are none of this kind."}
          </EmptyState>
        }
        foot={view.rows.length > 0 && (
          <>
            {isEditable && (
              <div class="card-foot">
                <Button kind="primary" form={FORM}>Save this page</Button>
              </div>
            )}
            <Pager
              summary={`${formatCount(view.rows.length)} of ${
                formatPlural(view.counts[query.show ?? "all"], "secret")
              }`}
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
  const { query, counts } = view;
  const chips = counts.failed > 0 ? [...CHIPS, { show: "failed" as const, label: "Failed" }] : CHIPS;
  return (
    <FilterBar
      chips={chips.map(({ show, label }) => ({
        label,
        href: address(path, { q: query.q, show: show === "all" ? undefined : show }),
        count: counts[show],
        isCurrent: (query.show ?? "all") === show,
      }))}
      search={{
        action: path,
        label: "PPP name, name, phone, comment",
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
