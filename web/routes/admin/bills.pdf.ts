import type { Context } from "fresh";
import type { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { actorOf, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { pdfAnswer } from "@/web/app/frame/pdf_answer.ts";
import { nothingTicked } from "@/web/app/list/chosen.ts";
import { readFilter } from "@/web/app/list/frame.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { billsQuery } from "@/web/route_table/bills.ts";
import { exportForm } from "@/web/route_table/lists.ts";
import { recordReading } from "@/web/services/record_reading.ts";
import { printStatements } from "@/web/services/statements/print_statements.ts";
import { type BillPageFilter, countBillsByStatus, listBills } from "@/web/store/billing/bills_page.ts";
import { filterOf } from "./bills/(_parts)/filter.ts";

/** The statements of the bills of a list as one file, sent while they are made. */
export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    input: billsQuery,
    confirm: true,
    summary: "Bills by status: their statements as one PDF",
  },
  POST: {
    audience: "staff",
    permission: "bill:read",
    input: exportForm,
    confirm: true,
    summary: "Bills by status: statements of ticked rows as one PDF",
  },
};

export const handler = define.handlers({
  GET({ state, url }) {
    const query = state.input as z.output<typeof billsQuery>;
    return answer(state, filterOf(query, momentOf(state).today), {
      sort: query.sort,
      chosen: url.search.slice(1),
    });
  },
  POST(ctx: Context<AppState>) {
    const form = ctx.state.input as z.output<typeof exportForm>;
    if (!form.all && form.id.length === 0) return nothingTicked(ctx, form.back);
    const query = readFilter(billsQuery, form.filter);
    const filter = form.all ? filterOf(query, momentOf(ctx.state).today) : { ids: form.id };
    const chosen = form.all ? form.filter : `ticked=${form.id.length}`;
    return answer(ctx.state, filter, { sort: query.sort, chosen });
  },
});

interface Asked {
  sort: string | undefined;
  /** The filter as the address says it. */
  chosen: string;
}

async function answer(state: AppState, filter: BillPageFilter, { sort, chosen }: Asked): Promise<Response> {
  const { today } = momentOf(state);
  const { t, services, log } = state;
  let total = 0;
  const printed = printStatements(services, {
    read: (work) => readPage(state, work),
    count: async (trx) => {
      const counts = await countBillsByStatus(trx, filter, today);
      const counted = counts.filter(({ status }) =>
        filter.status === undefined || status === filter.status.is
      );
      total = counted.reduce((sum, row) => sum + row.count, 0);
      return total;
    },
    list: (trx, request) => listBills(trx, filter, { ...request, sort }),
    locale: t.locale,
    title: t("statements.title"),
    log,
  });
  // The first part is made before the answer begins, so that a failure is still a page.
  const first = await printed.next();
  await recordReading(services, requireSession(state).tenantId, actorOf(state), {
    action: "export.statements",
    what: "bills",
    summary: coded("audit_statements_printed", { count: total }),
    details: { filter: chosen, bills: total },
  });
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      if (first.done !== true) stream.enqueue(first.value);
    },
    async pull(stream) {
      const next = await printed.next();
      if (next.done === true) stream.close();
      else stream.enqueue(next.value);
    },
    async cancel() {
      await printed.return(undefined);
    },
  });
  return pdfAnswer(`statements-${today}.pdf`, body);
}
