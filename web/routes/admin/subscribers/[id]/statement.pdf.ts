import { pdfAnswer } from "@/web/app/frame/pdf_answer.ts";
import { found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { statementQuery } from "@/web/route_table/subscribers.ts";
import { makeStatement } from "@/web/services/statements/make_statement.ts";
import { statementDays } from "../(_parts)/statement_days.ts";

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    params: idParams,
    input: statementQuery,
    summary: "The statement of account of a subscriber as of a day, as PDF",
  },
};

export const handler = define.handlers({
  async GET({ state }) {
    const { id } = readParams(state, idParams);
    const { today } = momentOf(state);
    const days = statementDays(readInput(state, statementQuery), today);
    const file = found(
      await readPage(state, (trx) => makeStatement(trx, state.services, id, { days, today })),
    );
    return pdfAnswer(file.fileName, file.bytes);
  },
});
