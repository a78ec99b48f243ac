import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { importRowsQuery } from "@/web/route_table/imports.ts";
import { findImportBatch, type ImportRow } from "@/web/store/imports/imports.ts";
import { listReviewRows } from "@/web/store/imports/imports_page.ts";
import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn } from "@/web/app/list/csv.ts";
import { found, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const COLUMNS: readonly CsvColumn<ImportRow>[] = [
  ["PPP secret", (row) => row.ppp_name],
  ["Profile", (row) => row.profile ?? ""],
  ["Disabled", (row) => row.is_disabled ? "Yes" : "No"],
  ["Name", (row) => row.name ?? ""],
  ["Phone", (row) => row.phone ?? ""],
  ["Comment", (row) => row.comment ?? ""],
  ["Result", resultOf],
  ["Remark", (row) => storedText(ENGLISH_WORDS, row.outcome_message ?? row.issue ?? "")],
];

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "import:read",
    params: idParams,
    input: importRowsQuery,
    summary: "The filtered secrets of an import as CSV",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id: batchId } = readParams(ctx.state, idParams);
    const { q: text, show = "all", sort } = readInput(ctx.state, importRowsQuery);
    found(await readPage(ctx.state, (trx) => findImportBatch(trx, batchId)));
    return await csvAnswer("import", COLUMNS, (after) =>
      readPage(
        ctx.state,
        (trx) => listReviewRows(trx, { batchId, show, text }, { sort, after, limit: CSV_ROWS_AT_ONCE }),
      ));
  },
});

function resultOf({ outcome, decision }: ImportRow): string {
  if (outcome === "created") return ENGLISH_WORDS("import.created");
  if (outcome === "failed") return ENGLISH_WORDS("tables.failed");
  if (outcome === "skipped") return ENGLISH_WORDS("import.skipped");
  return ENGLISH_WORDS(decision === "skip" ? "import.to_skip" : "import.to_import");
}
