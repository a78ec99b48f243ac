import type { z } from "zod";
import { subscribersQuery } from "@/web/route_table/subscribers.ts";
import type { SubscriberFilter } from "@/web/store/subscribers/subscribers_page.ts";
import { readFilter } from "@/web/app/list/frame.ts";

type Query = z.infer<typeof subscribersQuery>;

/** The filter of an address. Who may not see bills cannot sort people by them either. */
export function filterOf(query: Query, seesMoney: boolean, today: Temporal.PlainDate): SubscriberFilter {
  return {
    q: query.q,
    connection: query.connection,
    service: query.service,
    bill: seesMoney ? query.bill : undefined,
    aging: seesMoney ? query.aging : undefined,
    isStopped: query.stopped === "yes",
    ownPriceOn: seesMoney && query.price === "own" ? today : undefined,
    prepaid: query.prepaid && { which: query.prepaid, today },
    ends: query.ends,
    consent: query.consent,
    siteId: query.site,
    routerId: query.router,
    planId: query.plan,
  };
}

/** The sort of an address: an order by balance, and the cursors of its pages, would tell what may not be seen. */
export function sortOf({ sort }: Pick<Query, "sort">, seesMoney: boolean): string | undefined {
  return !seesMoney && /^-?(balance|due)$/.test(sort ?? "") ? undefined : sort;
}

/** The rows that a form of the list means: those that are ticked, or all that match where it was sent from. */
export function chosenFilter(
  form: { id: readonly string[]; all: boolean; filter: string },
  seesMoney: boolean,
  today: Temporal.PlainDate,
): SubscriberFilter {
  return form.all
    ? filterOf(readFilter(subscribersQuery, form.filter), seesMoney, today)
    : { subscriptionIds: form.id };
}
