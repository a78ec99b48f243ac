import type { z } from "zod";
import type { billsQuery } from "@/web/route_table/bills.ts";
import type { BillPageFilter } from "@/web/store/billing/bills_page.ts";

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
