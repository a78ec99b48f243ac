import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { BILL_STATUS_WORDS } from "@/web/domain/billing/mod.ts";
import { SUBSCRIPTION_STATE_WORDS } from "@/web/domain/network/mod.ts";
import { exportForm } from "@/web/route_table/lists.ts";
import { subscribersQuery } from "@/web/route_table/subscribers.ts";
import {
  listSubscribers,
  type SubscriberFilter,
  type SubscriberListRow,
} from "@/web/store/subscribers/subscribers_page.ts";
import { CSV_ROWS_AT_ONCE, csvAnswer, type CsvColumn } from "@/web/app/csv.ts";
import { may, momentOf, readPage } from "@/web/app/page_context.ts";
import { nothingTicked } from "./(_lists)/chosen.ts";
import { readFilter } from "./(_lists)/frame.ts";
import { chosenFilter, filterOf, sortOf } from "./subscribers/(_parts)/filter.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const LINK_WORDS = { online: "Online", offline: "Offline", unknown: "Unknown" };

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "subscriber:read",
    input: subscribersQuery,
    summary: "The filtered subscribers as CSV",
  },
  POST: {
    audience: "staff",
    permission: "subscriber:read",
    input: exportForm,
    summary: "The selected subscribers as CSV",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const query = readInput(ctx.state, subscribersQuery);
    const seesMoney = may(ctx.state, "bill:read");
    return answer(ctx.state, filterOf(query, seesMoney), sortOf(query, seesMoney));
  },
  POST(ctx) {
    const form = readInput(ctx.state, exportForm);
    if (!form.all && form.id.length === 0) return nothingTicked(ctx, form.back);
    const seesMoney = may(ctx.state, "bill:read");
    const sort = sortOf(readFilter(subscribersQuery, form.filter), seesMoney);
    return answer(ctx.state, chosenFilter(form, seesMoney), sort);
  },
});

function answer(state: AppState, filter: SubscriberFilter, sort: string | undefined): Promise<Response> {
  const moment = momentOf(state);
  return csvAnswer(
    `subscribers-${moment.today}`,
    columnsFor(may(state, "bill:read")),
    (after) =>
      readPage(
        state,
        (trx) => listSubscribers(trx, filter, moment, { sort, after, limit: CSV_ROWS_AT_ONCE }),
      ),
  );
}

const MONEY: readonly CsvColumn<SubscriberListRow>[] = [
  ["Bill", (row) => row.billStatus === null ? "" : BILL_STATUS_WORDS[row.billStatus]],
  ["Balance", (row) => formatCentavosPlain(centavos(row.balanceCentavos))],
  ["Oldest due", (row) => row.oldestDueOn?.toString() ?? ""],
];

function columnsFor(seesMoney: boolean): CsvColumn<SubscriberListRow>[] {
  return [
    ["Account", (row) => row.accountNumber],
    ["Name", (row) => row.name],
    ["Phone", (row) => row.phone ?? ""],
    ["Plan", (row) => row.planName ?? ""],
    ["PPPoE user", (row) => row.pppName ?? ""],
    ["Router", (row) => row.routerName ?? ""],
    ["Site", (row) => row.siteName ?? ""],
    ...(seesMoney ? MONEY : []),
    ["Service", (row) => row.serviceState === null ? "" : SUBSCRIPTION_STATE_WORDS[row.serviceState]],
    ["Link", (row) => row.subscriptionId === null ? "" : LINK_WORDS[row.connection]],
    ["Held until", (row) => row.holdUntil?.toString() ?? ""],
  ];
}
