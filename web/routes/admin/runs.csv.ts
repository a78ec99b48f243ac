import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { runsQuery } from "@/web/route_table/tonight.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import { listRunPage } from "@/web/store/billing/runs_page.ts";
import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn } from "@/web/app/csv.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { startedBy } from "./runs/(_parts)/run_words.ts";
import { runState } from "./tonight/(_parts)/words.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const COLUMNS: readonly CsvColumn<RunRow>[] = [
  ["Day", (run) => run.business_on.toString()],
  ["Run", (run) => run.kind === "cut" ? "Cut run" : "Bill run"],
  ["State", (run) => runState(ENGLISH_WORDS, run).word],
  ["Listed", (run) => String(run.total)],
  ["Cut or billed", (run) => String(run.changed)],
  ["Kept", (run) => String(run.skipped)],
  ["Failed", (run) => String(run.failed)],
  ["Amount", (run) => formatCentavosPlain(centavos(run.amount_centavos))],
  ["Started by", (run) => startedBy(ENGLISH_WORDS, run)],
];

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "cut_run:read",
    input: runsQuery,
    summary: "The filtered runs as CSV",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const { kind, days, sort } = readInput(ctx.state, runsQuery);
    const filter = { kind, withWork: days !== "all" };
    return csvAnswer(
      `runs-${momentOf(ctx.state).today}`,
      COLUMNS,
      (after) =>
        readPage(ctx.state, (trx) => listRunPage(trx, filter, { sort, after, limit: CSV_ROWS_AT_ONCE })),
    );
  },
});
