import type { z } from "zod";
import type { AppState } from "@/web/app/state.ts";
import type { ListFrame } from "@/web/components/list/list_frame.ts";
import type { importRowsQuery } from "@/web/route_table/imports.ts";
import { countReviewRows, listReviewRows, type ReviewFilter } from "@/web/store/imports/imports_page.ts";
import { findImportBatch, type ImportBatchRow, type ImportRow } from "@/web/store/imports/imports.ts";
import type { Page } from "@/web/store/db/keyset.ts";
import { findRouter, type RouterRow } from "@/web/store/network/routers.ts";
import { found, may, readPage } from "@/web/app/frame/page_context.ts";
import { pageOf, readFrame } from "@/web/app/list/frame.ts";

/** One page of the secrets of an import. */
export interface RowsView extends Page<ImportRow> {
  batch: ImportBatchRow;
  router: RouterRow;
  frame: ListFrame;
  counts: Record<ReviewFilter, number>;
  query: z.infer<typeof importRowsQuery>;
  /** Whether names, phones and decisions can still be changed, by this person. */
  isEditable: boolean;
  problems: Record<string, string>;
}

/** Reads one page of the secrets of an import. */
export async function loadRows(
  state: AppState,
  wanted: { batchId: string; query: RowsView["query"]; problems: Record<string, string> },
): Promise<RowsView> {
  const { batchId, query, problems } = wanted;
  const view = await readPage(state, async (trx) => {
    const batch = found(await findImportBatch(trx, batchId));
    const rows = await listReviewRows(
      trx,
      { batchId, show: query.show ?? "all", text: query.q },
      pageOf(query),
    );
    return {
      ...rows,
      batch,
      router: found(await findRouter(trx, batch.router_id)),
      counts: await countReviewRows(trx, batchId, query.q),
      frame: await readFrame(trx, state, {
        name: "import_rows",
        path: `/admin/import/${batchId}/rows`,
        query,
      }),
    };
  });
  state.title = state.t("import.secrets_of", { router: view.router.name });
  return { ...view, query, problems, isEditable: view.batch.status === "review" && may(state, "import:run") };
}
