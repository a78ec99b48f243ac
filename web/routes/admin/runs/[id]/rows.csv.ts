import { storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readInput, readParams } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { runPageQuery } from "@/web/route_table/tonight.ts";
import { findRun } from "@/web/store/billing/runs.ts";
import { listRunRows, type RunDecisionRow } from "@/web/store/billing/runs_page.ts";
import { type CutEvidence, listCutEvidence } from "@/web/store/cuts/tonight_page.ts";
import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn } from "@/web/app/csv.ts";
import { found, momentOf, readPage } from "@/web/app/page_context.ts";
import { readBackOf } from "../(_parts)/read_back.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "cut_run:read",
    params: idParams,
    input: runPageQuery,
    summary: "The filtered rows of a run as CSV",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { outcome, sort } = readInput(ctx.state, runPageQuery);
    const { now } = momentOf(ctx.state);
    const { run, evidence } = await readPage(ctx.state, async (trx) => ({
      run: found(await findRun(trx, id)),
      evidence: await listCutEvidence(trx, id, now),
    }));
    return await csvAnswer(
      `${run.kind}-run-${run.business_on}`,
      columnsFor(evidence),
      (after) =>
        readPage(
          ctx.state,
          (trx) => listRunRows(trx, id, { outcome }, { sort, after, limit: CSV_ROWS_AT_ONCE }),
        ),
    );
  },
});

function columnsFor(evidence: Map<string, CutEvidence>): CsvColumn<RunDecisionRow>[] {
  const readBack = (row: RunDecisionRow) => {
    const seen = evidence.get(row.subscription_id);
    return seen === undefined ? null : readBackOf(ENGLISH_WORDS, seen);
  };
  return [
    ["Account", (row) => row.account_number],
    ["Name", (row) => row.name],
    ["PPPoE user", (row) => row.ppp_name],
    ["Router", (row) => row.router_name],
    ["Outcome", (row) => ENGLISH_WORDS(`words.outcome_${row.outcome}`)],
    ["Why", (row) => storedText(ENGLISH_WORDS, row.reason)],
    ["Amount", (row) => formatCentavosPlain(centavos(row.balance_centavos))],
    ["Cut on", (row) => row.cut_on?.toString() ?? ""],
    ["Decided at", (row) => row.decided_at?.toString({ smallestUnit: "second" }) ?? ""],
    ["Read back", (row) => readBack(row)?.word ?? ""],
    ["Read back detail", (row) => readBack(row)?.detail ?? ""],
  ];
}
