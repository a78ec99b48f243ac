import { pdfAnswer } from "@/web/app/frame/pdf_answer.ts";
import { found, readPage } from "@/web/app/frame/page_context.ts";
import { readParams } from "@/web/app/form/input.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { makeBillStatement } from "@/web/services/statements/make_statement.ts";

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    params: idParams,
    summary: "The statement of account of a bill as PDF",
  },
};

export const handler = define.handlers({
  async GET({ state }) {
    const { id } = readParams(state, idParams);
    const file = found(await readPage(state, (trx) => makeBillStatement(trx, state.services, id)));
    return pdfAnswer(file.fileName, file.bytes);
  },
});
