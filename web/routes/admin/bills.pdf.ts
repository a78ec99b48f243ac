import type { Context } from "fresh";
import type { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { actorOf, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { pdfAnswer } from "@/web/app/frame/pdf_answer.ts";
import { exportGate, refuseTicked } from "@/web/app/list/export_gate.ts";
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
import { list } from "./bills/index.tsx";

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
  GET(ctx: Context<AppState>) {
    return ofAddress(ctx, ctx.state.input as BillsQuery, ctx.url.search.slice(1));
  },
  async POST(ctx: Context<AppState>) {
    const form = ctx.state.input as z.output<typeof exportForm>;
    if (!form.all && form.id.length === 0) return nothingTicked(ctx, form.back);
    const query = readFilter(billsQuery, form.filter);
    if (form.all) return await ofAddress(ctx, query, form.filter);
    await refuseTicked(ctx.state);
    const asked = { sort: query.sort, chosen: `ticked=${form.id.length}`, requestId: null };
    return await answer(ctx.state, { ids: form.id }, asked);
  },
});

type BillsQuery = z.output<typeof billsQuery>;

/** The statements of all bills of an address, where nobody has to approve that they go out or somebody has. */
async function ofAddress(ctx: Context<AppState>, query: BillsQuery, chosen: string): Promise<Response> {
  const { state, url } = ctx;
  const leave = await exportGate(ctx, {
    path: url.pathname,
    query,
    permission: "bill:read",
    words: async () => ({ ...await list.words(state, query), list: state.t("statements.title") }),
  });
  if (leave instanceof Response) return leave;
  const filter = filterOf(query, momentOf(state).today);
  return await answer(state, filter, { sort: query.sort, chosen, requestId: leave });
}

interface Asked {
  sort: string | undefined;
  /** The filter as the address says it. */
  chosen: string;
  /** The request that lets it go out. */
  requestId: string | null;
}

async function answer(
  state: AppState,
  filter: BillPageFilter,
  { sort, chosen, requestId }: Asked,
): Promise<Response> {
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
    details: { filter: chosen, bills: total, ...(requestId !== null && { request_id: requestId }) },
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
