import { address, found, may, momentOf } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Button } from "@/web/components/form/Button.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import type { MessageKey } from "@/web/messages/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { importRowsForm, importRowsQuery, reviewedRows } from "@/web/route_table/imports.ts";
import { importSettings } from "@/web/services/imports/import_settings.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { findImportBatch } from "@/web/store/imports/import_batches.ts";
import { countReviewRows, listReviewRows, type ReviewFilter } from "@/web/store/imports/imports_page.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { suggestedFirstBill } from "../(_parts)/review_answers.ts";
import { cellLabels, FILE_ORDER, rowColumns, type RowsPlace } from "../(_parts)/row_columns.tsx";

const FORM = "rows";
const CHIPS: readonly { show: ReviewFilter; label: MessageKey }[] = [
  { show: "all", label: "tables.all_rows" },
  { show: "issues", label: "import.with_remark" },
  { show: "skipped", label: "import.skipped" },
];

/** The secrets of an import, a page at a time; names, phones and decisions can be changed during the review. */
export const list = define.list({
  name: "import_rows",
  path: ({ id }) => `/admin/import/${id}/rows`,
  params: idParams,
  query: importRowsQuery,
  filter: ({ query, params }) => ({
    batchId: params.id,
    show: query.show ?? "all" as const,
    text: query.q,
  }),
  count: (trx, { batchId, text }) => countReviewRows(trx, batchId, text),
  more: async (trx, { params, state }): Promise<RowsPlace> => {
    const batch = found(await findImportBatch(trx, params.id));
    return {
      batch,
      router: found(await findRouter(trx, batch.router_id)),
      isEditable: batch.status === "review" && may(state, "import:run"),
    };
  },
  read: (trx, filter, page) => listReviewRows(trx, filter, page),
  permission: "import:read",
  summary: "Secrets of an import",
  title: ({ t, more: { router } }) => t("import.secrets_of", { router: router.name }),
  lead: ({ t, more }) => more.isEditable ? t("import.rows_lead") : undefined,
  back: ({ t, more: { batch, router } }) => ({
    href: `/admin/import/${batch.id}`,
    label: t("import.from", { router: router.name }),
  }),
  above: (view) => (
    <>
      <Flash done={view.query.done} messages={{ saved: view.t("import.saved") }} />
      <ErrorSummary errors={view.problems} labels={cellLabels(view.t, view.rows)} />
      {view.more.isEditable && (
        <form id={FORM} method="post" action={view.frame.path} hidden>
          <Csrf token={view.state.csrfToken} />
          <HiddenFields values={placeOf(view)} />
        </form>
      )}
    </>
  ),
  total: ({ query, counts }) => counts[query.show ?? "all"],
  sort: "user",
  columns: (view) => rowColumns(view, FORM),
  fileOrder: FILE_ORDER,
  fileName: () => "import",
  table: ({ t, frame, query, counts, more: { isEditable } }) => ({
    caption: t("import.rows_caption"),
    chips: chipsOf(counts).map(({ show, label }) => ({
      label: t(label),
      href: listHref(frame, { show: show === "all" ? undefined : show }),
      count: counts[show],
      isCurrent: (query.show ?? "all") === show,
    })),
    search: t("import.search"),
    noneMatch: t("import.none_has", { text: query.q ?? "" }),
    empty: <EmptyState icon="search" title={t("import.no_secret")}>{t("import.none_of_kind")}</EmptyState>,
    foot: isEditable && (
      <div class="card-foot">
        <Button kind="primary" form={FORM}>{t("import.save_page")}</Button>
      </div>
    ),
  }),
});

const part = define.part({
  on: { ...list, refuse: (ctx, problems) => list.refuse(ctx, problems, ctx.state.inputValues) },
  params: idParams,
  input: importRowsForm,
  load: async (trx, { params }) => found(await findImportBatch(trx, params.id)),
  permission: "import:run",
  audit: "import.reviewed",
  summary: "Save names, phones and decisions of a page",
  submit: (form, { call, state, loaded: batch }) => {
    const { disabledPolicy, profiles } = importSettings.parse(batch.settings);
    return saveImportReview(...call, {
      batchId: batch.id,
      // The rows may be looked through before the rest was decided; the date that is offered then stands.
      firstBillOn: suggestedFirstBill(batch, momentOf(state)),
      disabledPolicy,
      profiles,
      rows: reviewedRows(form),
    });
  },
  done: (_value, { input, loaded }) =>
    address(list.path(loaded), { ...placeOf({ query: input }), done: "saved" }),
});

export default list.page;
export const handler = { ...part.handler, ...list.handler };
export const route = { ...part.route, ...list.route };

/** Kinds of rows that are always told apart, and those of which there are any. */
function chipsOf(counts: Record<ReviewFilter, number>) {
  return [
    ...CHIPS,
    ...(counts.prepaid > 0 ? [{ show: "prepaid", label: "prepaid.list_all" } as const] : []),
    ...(counts.failed > 0 ? [{ show: "failed", label: "tables.failed" } as const] : []),
  ];
}

/** Where the page stands, so that saving comes back to it. */
function placeOf(
  { query }: {
    query: Partial<Record<"q" | "show" | "sort" | "per" | "after" | "before", string | undefined>>;
  },
): Record<string, string> {
  const { q, show, sort, per, after, before } = query;
  const place = { q, show, sort, per, after, before };
  return Object.fromEntries(Object.entries(place).flatMap(([name, value]) => value ? [[name, value]] : []));
}
