import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { BILL_STATUS_WORDS } from "@/web/domain/billing/mod.ts";
import { billsQuery } from "@/web/route_table/bills.ts";
import { exportForm } from "@/web/route_table/lists.ts";
import type { BillListRow } from "@/web/store/billing/bills.ts";
import { type BillPageFilter, listBills } from "@/web/store/billing/bills_page.ts";
import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn } from "@/web/app/csv.ts";
import { balanceOf, statusOf } from "@/web/app/due_words.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { nothingTicked } from "./(_lists)/chosen.ts";
import { readFilter } from "./(_lists)/frame.ts";
import { chosenFilter, filterOf } from "./bills/(_parts)/filter.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    input: billsQuery,
    summary: "The filtered bills as CSV",
  },
  POST: {
    audience: "staff",
    permission: "bill:read",
    input: exportForm,
    summary: "The selected bills as CSV",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const query = readInput(ctx.state, billsQuery);
    return answer(ctx.state, filterOf(query, momentOf(ctx.state).today), query.sort);
  },
  POST(ctx) {
    const form = readInput(ctx.state, exportForm);
    if (!form.all && form.id.length === 0) return nothingTicked(ctx, form.back);
    const { sort } = readFilter(billsQuery, form.filter);
    return answer(ctx.state, chosenFilter(form, momentOf(ctx.state).today), sort);
  },
});

function answer(state: AppState, filter: BillPageFilter, sort: string | undefined): Promise<Response> {
  const { today } = momentOf(state);
  const columns: CsvColumn<BillListRow>[] = [
    ["Number", (bill) => bill.number ?? ""],
    ["Account", (bill) => bill.account_number],
    ["Subscriber", (bill) => bill.subscriber_name],
    ["Status", (bill) => BILL_STATUS_WORDS[statusOf(bill, today)]],
    ["Plan", (bill) => bill.plan_name],
    ["PPPoE user", (bill) => bill.ppp_name],
    ["First day", (bill) => bill.period_start.toString()],
    ["Last day", (bill) => bill.period_end.subtract({ days: 1 }).toString()],
    ["Issued", (bill) => bill.issued_on?.toString() ?? ""],
    ["Due", (bill) => bill.due_on?.toString() ?? ""],
    ["Total", (bill) => formatCentavosPlain(centavos(bill.total_centavos))],
    ["To pay", (bill) => formatCentavosPlain(balanceOf(bill))],
  ];
  return csvAnswer(
    `bills-${today}`,
    columns,
    (after) => readPage(state, (trx) => listBills(trx, filter, { sort, after, limit: CSV_ROWS_AT_ONCE })),
  );
}
