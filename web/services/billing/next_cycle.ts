import { later, nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import { anchorDayFor } from "@/web/domain/billing/mod.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import type { UseCase } from "../use_case.ts";

/** First day of the cycle from which a change agreed today counts. */
export function nextCycleOf(
  { tenant, business }: Pick<UseCase, "tenant"> & { business: { today: Temporal.PlainDate } },
  subscription: SubscriptionRow,
  activatedOn: Temporal.PlainDate,
): Temporal.PlainDate {
  const anchorDay = subscription.anchor_day ?? anchorDayFor(tenant, activatedOn);
  const boundary = nextBoundaryAfter(later(business.today, activatedOn), anchorDay);
  // What is billed in advance stays as it was billed.
  return later(boundary, subscription.billed_through_on ?? boundary);
}
