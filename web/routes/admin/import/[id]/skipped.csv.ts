import { codedOf } from "@/shared/codes/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { readParams } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { dryRunImport } from "@/web/services/imports/dry_run_import.ts";
import { findImportBatch, listImportRows } from "@/web/store/imports/imports.ts";
import { csvOf } from "@/web/app/list/csv.ts";
import { found, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const ROWS_MAX = 100_000;

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "import:read",
    params: idParams,
    summary: "Secrets that are not imported, with reasons",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id: batchId } = readParams(ctx.state, idParams);
    const rows = await readPage(ctx.state, async (trx) => {
      const batch = found(await findImportBatch(trx, batchId));
      const all = await listImportRows(trx, batchId, { limit: ROWS_MAX });
      const byName = new Map(all.map((row) => [row.ppp_name, row]));
      const reasons = batch.status === "review"
        ? (await dryRunImport(trx, batchId))?.skipped ?? []
        : all.filter((row) => row.outcome === "skipped" || row.outcome === "failed")
          .map((row) => ({ pppName: row.ppp_name, reason: codedOf(row.outcome_message ?? row.issue ?? "") }));
      return reasons.map(({ pppName, reason }) => {
        const row = byName.get(pppName);
        return { pppName, reason, row };
      });
    });
    return await csvOf("skipped", [
      ["PPP secret", ({ pppName }) => pppName],
      ["Profile", ({ row }) => row?.profile ?? ""],
      ["Name", ({ row }) => row?.name ?? ""],
      ["Phone", ({ row }) => row?.phone ?? ""],
      ["Comment", ({ row }) => row?.comment ?? ""],
      ["Reason", ({ reason }) => codedText(ENGLISH_WORDS, reason)],
    ], rows);
  },
});
