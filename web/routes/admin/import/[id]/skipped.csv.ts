import { z } from "zod";
import { codedOf } from "@/shared/codes/mod.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { wholePage } from "@/web/app/list/define_list.tsx";
import { define } from "@/web/app/state.ts";
import { accountLabel } from "@/web/domain/imports/mod.ts";
import { IMPORT_MAX } from "@/web/domain/imports/limits.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { dryRunImport } from "@/web/services/imports/dry_run_import.ts";
import { findImportBatch, type ImportBatchRow } from "@/web/store/imports/import_batches.ts";
import { listImportRows } from "@/web/store/imports/import_rows.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

export const { handler, route } = define.file({
  name: "import_rows",
  params: idParams,
  query: z.object({}),
  filter: ({ params }) => params.id,
  more: async (trx, { params }) => found(await findImportBatch(trx, params.id)),
  read: async (trx, _filter, _page, { more: batch }) => wholePage(await readSkipped(trx, batch)),
  permission: "import:read",
  summary: "Secrets that are not imported, with reasons",
  columns: ({ t }) => [
    { head: t("network.secret"), csv: ({ row }) => accountLabel(row.account_key) },
    { head: "Profile", csv: ({ row }) => row.profile ?? "" },
    { head: "Name", csv: ({ row }) => row.name ?? "" },
    { head: "Phone", csv: ({ row }) => row.phone ?? "" },
    { head: "Comment", csv: ({ row }) => row.comment ?? "" },
    { head: "Reason", csv: ({ reason }) => codedText(t, reason) },
  ],
  fileName: () => "skipped",
});

/** During the review what would be skipped, afterwards what was. */
async function readSkipped(trx: TenantTransaction, batch: ImportBatchRow) {
  if (batch.status === "review") return (await dryRunImport(trx, batch.id))?.skipped ?? [];
  const rows = await listImportRows(trx, batch.id, { limit: IMPORT_MAX.rows });
  return rows.filter((row) => row.outcome === "skipped" || row.outcome === "failed")
    .map((row) => ({ row, reason: codedOf(row.outcome_message ?? row.issue ?? "") }));
}
