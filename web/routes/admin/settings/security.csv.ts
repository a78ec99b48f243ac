import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn } from "@/web/app/csv.ts";
import { readInput } from "@/web/app/input.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { securityQuery } from "@/web/route_table/security.ts";
import { listSecurityEvents, type SecurityLogRow } from "@/web/store/access/security_log_page.ts";

const COLUMNS: readonly CsvColumn<SecurityLogRow>[] = [
  ["Last", (row) => row.last_at.toString({ smallestUnit: "second" })],
  ["First", (row) => row.first_at.toString({ smallestUnit: "second" })],
  ["What", (row) => ENGLISH_WORDS(`security.kind_${row.kind}`)],
  ["Why", (row) => ENGLISH_WORDS(`security.reason_${row.reason}`)],
  ["Route", (row) => row.place],
  ["Account", (row) => row.account],
  ["Address", (row) => row.ip],
  ["Times", (row) => String(row.times)],
  ["Request", (row) => row.request_id],
];

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "security_log:read",
    input: securityQuery,
    summary: "The filtered security log as CSV",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const query = readInput(ctx.state, securityQuery);
    return csvAnswer(
      `security-log-${momentOf(ctx.state).today}`,
      COLUMNS,
      (after) =>
        readPage(ctx.state, (trx) => listSecurityEvents(trx, query, { after, limit: CSV_ROWS_AT_ONCE })),
    );
  },
});
