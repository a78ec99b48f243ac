import { page } from "fresh";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { importRowsForm, importRowsQuery } from "@/web/route_table/imports.ts";
import { importSettings } from "@/web/services/imports/import_settings.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { findImportBatch } from "@/web/store/imports/imports.ts";
import { actorOf, address, found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { loadRows } from "../(_parts)/load_rows.ts";
import { suggestedFirstBill } from "../(_parts)/review_answers.ts";
import { RowsPage } from "../(_parts)/RowsPage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <RowsPage view={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "import:read",
    params: idParams,
    input: importRowsQuery,
    summary: "Secrets of an import",
  },
  POST: {
    audience: "staff",
    permission: "import:run",
    params: idParams,
    input: importRowsForm,
    audit: "import.reviewed",
    summary: "Save names, phones and decisions of a page",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id: batchId } = readParams(ctx.state, idParams);
    return page(
      await loadRows(ctx.state, { batchId, query: readInput(ctx.state, importRowsQuery), problems: {} }),
    );
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id: batchId } = readParams(state, idParams);
    const { tenantId } = requireSession(state);
    const refuse = async (problems: Record<string, string>) => {
      const query = importRowsQuery.parse(state.inputValues);
      return page(await loadRows(state, { batchId, query, problems }), { status: 422 });
    };
    if (state.inputProblems !== null) return await refuse(state.inputProblems);
    const { rows, ...place } = readInput(state, importRowsForm);
    const batch = found(await readPage(state, (trx) => findImportBatch(trx, batchId)));
    const settings = importSettings.parse(batch.settings);
    const result = await saveImportReview(state.services, tenantId, actorOf(state), {
      batchId,
      // The rows may be looked through before the rest was decided; the date that is offered then stands.
      firstBillOn: suggestedFirstBill({ moment: momentOf(state), batch }),
      disabledPolicy: settings.disabledPolicy,
      profiles: settings.profiles,
      rows,
    });
    if (!result.ok) return await refuse({ "": refusalText(ctx.state, result) });
    return ctx.redirect(address(`/admin/import/${batchId}/rows`, { ...place, done: "saved" }), 303);
  },
});
