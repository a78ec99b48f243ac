import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { BILL_STATUS_WORDS } from "@/web/domain/billing/mod.ts";
import { SUBSCRIPTION_STATE_WORDS } from "@/web/domain/provisioning/mod.ts";
import { subscribersQuery } from "@/web/route_table/subscribers.ts";
import { listSubscribers, type SubscriberListRow } from "@/web/store/subscribers.ts";
import { toCsv } from "./(_billing)/csv.ts";
import { may, momentOf, readPage } from "./(_billing)/page_context.ts";
import { filterOf } from "./subscribers/(_parts)/filter.ts";

const ROWS_AT_ONCE = 1000;
const LINK_WORDS = { online: "Online", offline: "Offline", unknown: "Unknown" };

export const handler = define.handlers({
  async GET(ctx) {
    const seesMoney = may(ctx.state, "bill:read");
    const filter = filterOf(readInput(ctx.state, subscribersQuery), seesMoney);
    const moment = momentOf(ctx.state);
    const rows = await readPage(ctx.state, async (trx) => {
      const all: SubscriberListRow[] = [];
      let after: string | undefined;
      do {
        const list = await listSubscribers(trx, filter, moment, { after, limit: ROWS_AT_ONCE });
        all.push(...list.rows);
        after = list.next ?? undefined;
      } while (after !== undefined);
      return all;
    });
    return new Response(toCsv([headOf(seesMoney), ...rows.map((row) => cellsOf(row, seesMoney))]), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="subscribers-${moment.today}.csv"`,
      },
    });
  },
});

function headOf(seesMoney: boolean): string[] {
  const money = seesMoney ? ["Bill", "Balance", "Oldest due"] : [];
  return [
    "Account",
    "Name",
    "Phone",
    "Plan",
    "PPPoE user",
    "Router",
    "Site",
    ...money,
    "Service",
    "Link",
    "Held until",
  ];
}

function cellsOf(row: SubscriberListRow, seesMoney: boolean): string[] {
  const money = [
    row.billStatus === null ? "" : BILL_STATUS_WORDS[row.billStatus],
    formatCentavosPlain(centavos(row.balanceCentavos)),
    row.oldestDueOn?.toString() ?? "",
  ];
  return [
    row.accountNumber,
    row.name,
    row.phone ?? "",
    row.planName ?? "",
    row.pppName ?? "",
    row.routerName ?? "",
    row.siteName ?? "",
    ...(seesMoney ? money : []),
    row.serviceState === null ? "" : SUBSCRIPTION_STATE_WORDS[row.serviceState],
    row.subscriptionId === null ? "" : LINK_WORDS[row.connection],
    row.holdUntil?.toString() ?? "",
  ];
}
