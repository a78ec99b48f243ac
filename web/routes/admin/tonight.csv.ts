import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { tonightQuery } from "@/web/route_table/tonight.ts";
import type { TonightRow } from "@/web/store/cuts/tonight.ts";
import { type CsvColumn, csvOf } from "@/web/app/csv.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { listViewRows } from "./tonight/(_parts)/load_tonight.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const COLUMNS: readonly CsvColumn<TonightRow>[] = [
  ["Account", (row) => row.accountNumber],
  ["Phone", (row) => row.phone ?? ""],
  ["Name", (row) => row.name],
  ["PPPoE user", (row) => row.pppName],
  ["Plan", (row) => row.planName],
  ["Router", (row) => row.routerName],
  ["Site", (row) => row.siteName],
  ["Past grace", (row) => formatCentavosPlain(centavos(row.pastGraceCentavos))],
  ["Owes", (row) => formatCentavosPlain(centavos(row.balanceCentavos))],
  ["Why", (row) => storedText(ENGLISH_WORDS, row.reason)],
  ["Router answers", (row) => row.routerStatus === "online" ? "yes" : "no: the cut waits for it"],
  ["Cut on", (row) => row.cutOn?.toString() ?? ""],
  ["Held until", (row) => row.holdUntil?.toString() ?? ""],
  ["Last payment", (row) => row.lastPaymentOn?.toString() ?? ""],
];

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "cut_run:read",
    input: tonightQuery,
    summary: "The rows of a part of Tonight as CSV",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { view = "cut", site: siteId, q, sort } = readInput(ctx.state, tonightQuery);
    const moment = momentOf(ctx.state);
    const rows = await readPage(ctx.state, (trx) => listViewRows(trx, moment, { view, siteId, q }, sort));
    return await csvOf(`tonight-${view}-${moment.today}`, COLUMNS, rows);
  },
});
