import type { z } from "zod";
import type { subscribersQuery } from "@/web/route_table/subscribers.ts";
import type { SubscriberFilter } from "@/web/store/subscribers.ts";

type Query = z.infer<typeof subscribersQuery>;

/** The filter of an address. Who may not see bills cannot sort people by them either. */
export function filterOf(query: Query, seesMoney: boolean): SubscriberFilter {
  return {
    q: query.q,
    connection: query.connection,
    service: query.service,
    bill: seesMoney ? query.bill : undefined,
    aging: seesMoney ? query.aging : undefined,
    siteId: query.site,
    routerId: query.router,
  };
}

/** The part of an address that narrows the list. */
export function narrowing(query: Query): Record<string, string | undefined> {
  const { q, bill, connection, service, aging, site, router } = query;
  return { q, bill, connection, service, aging, site, router };
}

/** What the search form sends along besides its own fields. */
export function keptBySearch(query: Query): Record<string, string> {
  const { q: _q, site: _site, ...kept } = narrowing(query);
  return Object.fromEntries(
    Object.entries(kept).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** The page of the list that an address asks for. */
export function cursorOf({ after, before }: Pick<Query, "after" | "before">) {
  return { after, before };
}
