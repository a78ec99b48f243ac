import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readParams } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { findRun, listRunRows, type RunDecisionRow } from "@/web/store/runs.ts";
import { type CutEvidence, listCutEvidence } from "@/web/store/tonight_page.ts";
import { toCsv } from "../../(_billing)/csv.ts";
import { found, momentOf, readPage } from "../../(_billing)/page_context.ts";
import { readBackOf } from "../(_parts)/read_back.ts";
import { OUTCOME_WORDS } from "../(_parts)/run_words.ts";

const ROWS_AT_ONCE = 1000;
const HEAD = [
  "Account",
  "Name",
  "PPPoE user",
  "Router",
  "Outcome",
  "Why",
  "Amount",
  "Cut on",
  "Decided at",
  "Read back",
  "Read back detail",
];

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { now } = momentOf(ctx.state);
    const { run, rows, evidence } = await readPage(ctx.state, async (trx) => {
      const run = found(await findRun(trx, id));
      const rows: RunDecisionRow[] = [];
      let after: string | undefined;
      do {
        const list = await listRunRows(trx, id, {}, { after, limit: ROWS_AT_ONCE });
        rows.push(...list.rows);
        after = list.next ?? undefined;
      } while (after !== undefined);
      return { run, rows, evidence: await listCutEvidence(trx, id, now) };
    });
    const lines = rows.map((row) => cellsOf(row, evidence.get(row.subscription_id), now));
    return new Response(toCsv([HEAD, ...lines]), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${run.kind}-run-${run.business_on}.csv"`,
      },
    });
  },
});

function cellsOf(row: RunDecisionRow, evidence: CutEvidence | undefined, now: Temporal.Instant): string[] {
  const readBack = evidence === undefined ? null : readBackOf(evidence, now);
  return [
    row.account_number,
    row.name,
    row.ppp_name,
    row.router_name,
    OUTCOME_WORDS[row.outcome].word,
    row.reason,
    formatCentavosPlain(centavos(row.balance_centavos)),
    row.cut_on?.toString() ?? "",
    row.decided_at?.toString({ smallestUnit: "second" }) ?? "",
    readBack?.word ?? "",
    readBack?.detail ?? "",
  ];
}
