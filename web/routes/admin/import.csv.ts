import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { importsQuery } from "@/web/route_table/imports.ts";
import { type ImportListRow, listImportPage } from "@/web/store/imports/imports_page.ts";
import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn } from "@/web/app/csv.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const COLUMNS: readonly CsvColumn<ImportListRow>[] = [
  ["Router", (batch) => batch.router_name],
  ["Site", (batch) => batch.site_name],
  ["State", (batch) => ENGLISH_WORDS(`network.import_${batch.status}`)],
  ["Read", (batch) => String(batch.total)],
  ["Created", (batch) => String(batch.created_count)],
  ["Skipped", (batch) => String(batch.skipped_count)],
  ["Started by", (batch) => batch.created_by],
  ["Started", (batch) => batch.created_at.toString({ smallestUnit: "second" })],
];

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "import:read",
    input: importsQuery,
    summary: "The filtered imports as CSV",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const { status, router: routerId, sort } = readInput(ctx.state, importsQuery);
    return csvAnswer(`imports-${momentOf(ctx.state).today}`, COLUMNS, (after) =>
      readPage(
        ctx.state,
        (trx) => listImportPage(trx, { status, routerId }, { sort, after, limit: CSV_ROWS_AT_ONCE }),
      ));
  },
});
