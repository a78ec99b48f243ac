import type { z } from "zod";
import { billsQuery } from "@/web/route_table/bills.ts";
import type { BillPageFilter } from "@/web/store/billing/bills_page.ts";
import { readFilter } from "../../(_lists)/frame.ts";

type Query = z.infer<typeof billsQuery>;

/** The filter of an address. */
export function filterOf(query: Query, today: Temporal.PlainDate): BillPageFilter {
  return {
    status: query.status === undefined ? undefined : { is: query.status, today },
    q: query.q,
    subscriberId: query.subscriber,
    runId: query.run,
    planId: query.plan,
    siteId: query.site,
    issuedOn: query.on,
    issuedFrom: query.from,
    issuedTo: query.to,
    isLive: query.live === "yes",
  };
}

/** The rows that a form of the list means. */
export function chosenFilter(
  form: { id: readonly string[]; all: boolean; filter: string },
  today: Temporal.PlainDate,
): BillPageFilter {
  return form.all ? filterOf(readFilter(billsQuery, form.filter), today) : { ids: form.id };
}
