import type { MessageKey, Translate } from "@/web/messages/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { ListTable } from "@/web/components/list/ListTable.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import type { ReviewFilter } from "@/web/store/imports/imports_page.ts";
import type { RowsView } from "./load_rows.ts";
import { cellLabels, rowColumns } from "./row_columns.tsx";

const FORM = "rows";
const CHIPS: readonly { show: ReviewFilter; label: MessageKey }[] = [
  { show: "all", label: "tables.all_rows" },
  { show: "issues", label: "import.with_remark" },
  { show: "skipped", label: "import.skipped" },
];

/** The secrets of an import, a page at a time; names, phones and decisions can be changed during the review. */
export function RowsPage({ view, state }: { view: RowsView; state: AppState }) {
  const { batch, router, query, isEditable, frame } = view;
  const { t } = state;
  const path = `/admin/import/${batch.id}/rows`;
  return (
    <>
      <PageHeader
        title={t("import.secrets_of", { router: router.name })}
        back={{ href: `/admin/import/${batch.id}`, label: t("import.from", { router: router.name }) }}
        lead={isEditable ? t("import.rows_lead") : undefined}
        actions={
          <LinkButton icon="export" href={listHref({ ...frame, path: `${path}.csv` }, { per: undefined })}>
            CSV
          </LinkButton>
        }
      />
      <Flash done={query.done} messages={{ saved: t("import.saved") }} />
      <ErrorSummary errors={view.problems} labels={cellLabels(t, view.rows)} />
      {isEditable && (
        <form id={FORM} method="post" action={path} hidden>
          <Csrf token={state.csrfToken} />
          <HiddenFields values={placeOf(view)} />
        </form>
      )}
      <ListTable
        frame={frame}
        caption={t("import.rows_caption")}
        rows={view.rows}
        columns={rowColumns(view, state, FORM)}
        next={view.next}
        previous={view.previous}
        total={view.counts[query.show ?? "all"]}
        sort="user"
        chips={chipsOf(t, view)}
        search={t("import.search")}
        noneMatch={t("import.none_has", { text: query.q ?? "" })}
        empty={
          <EmptyState icon="search" title={t("import.no_secret")}>{t("import.none_of_kind")}</EmptyState>
        }
        foot={isEditable && (
          <div class="card-foot">
            <Button kind="primary" form={FORM}>{t("import.save_page")}</Button>
          </div>
        )}
      />
    </>
  );
}

function chipsOf(t: Translate, { frame, query, counts }: RowsView) {
  const chips = counts.failed > 0
    ? [...CHIPS, { show: "failed" as const, label: "tables.failed" as const }]
    : CHIPS;
  return chips.map(({ show, label }) => ({
    label: t(label),
    href: listHref(frame, { show: show === "all" ? undefined : show }),
    count: counts[show],
    isCurrent: (query.show ?? "all") === show,
  }));
}

/** Where the page stands, so that saving comes back to it. */
function placeOf({ query }: RowsView): Record<string, string> {
  const { q, show, sort, per, after, before } = query;
  const place = { q, show, sort, per, after, before };
  return Object.fromEntries(Object.entries(place).flatMap(([name, value]) => value ? [[name, value]] : []));
}
