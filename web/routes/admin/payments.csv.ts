import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { exportForm } from "@/web/route_table/lists.ts";
import { paymentsQuery } from "@/web/route_table/payments.ts";
import type { PaymentListRow } from "@/web/store/payments/payments.ts";
import { listPayments, type PaymentFilter } from "@/web/store/payments/payments_page.ts";
import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn } from "@/web/app/csv.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { nothingTicked } from "./(_lists)/chosen.ts";
import { readFilter } from "./(_lists)/frame.ts";
import { chosenFilter, filterOf } from "./payments/(_parts)/filter.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const COLUMNS: readonly CsvColumn<PaymentListRow>[] = [
  ["Number", (payment) => payment.number],
  ["Account", (payment) => payment.account_number],
  ["Subscriber", (payment) => payment.subscriber_name],
  ["Received", (payment) => payment.received_on.toString()],
  ["Recorded", (payment) => payment.recorded_on.toString()],
  ["Method", (payment) => ENGLISH_WORDS(`words.method_${payment.method}`)],
  ["Reference", (payment) => payment.reference ?? ""],
  ["Amount", (payment) => formatCentavosPlain(centavos(payment.amount_centavos))],
  ["On bills", (payment) => formatCentavosPlain(centavos(payment.applied_centavos))],
  ["Status", (payment) => payment.status === "posted" ? "Posted" : "Reversed"],
  ["Recorded by", (payment) => payment.recorded_by],
  ["Note", (payment) => payment.note ?? ""],
];

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "payment:read",
    input: paymentsQuery,
    summary: "The filtered payments as CSV",
  },
  POST: {
    audience: "staff",
    permission: "payment:read",
    input: exportForm,
    summary: "The selected payments as CSV",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const query = readInput(ctx.state, paymentsQuery);
    return answer(ctx.state, filterOf(query), query.sort);
  },
  POST(ctx) {
    const form = readInput(ctx.state, exportForm);
    if (!form.all && form.id.length === 0) return nothingTicked(ctx, form.back);
    return answer(ctx.state, chosenFilter(form), readFilter(paymentsQuery, form.filter).sort);
  },
});

function answer(state: AppState, filter: PaymentFilter, sort: string | undefined): Promise<Response> {
  return csvAnswer(
    `payments-${momentOf(state).today}`,
    COLUMNS,
    (after) => readPage(state, (trx) => listPayments(trx, filter, { sort, after, limit: CSV_ROWS_AT_ONCE })),
  );
}
