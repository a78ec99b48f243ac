import { z } from "zod";
import { END_REASONS } from "@/shared/codes/kinds.ts";
import { type Coded, coded } from "@/shared/codes/mod.ts";
import { ZERO } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findRouterPlace } from "@/web/store/approvals/router_place.ts";
import { findOpenEnd } from "@/web/store/subscribers/service_ends.ts";
import { findSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { type EndRefusal, type EndReview, reviewEnd } from "../../billing/review_end.ts";
import { type EndedConnection, endNow } from "../../subscribers/end_connection.ts";
import { dropEndAsked, isServed, lockServed, noteEndAsked, planIn } from "../../subscribers/plan_end.ts";
import type { UseCase } from "../../use_case.ts";
import { type ApprovalKind, type ApprovalMoment, type ApprovalPreview, frozenDate, seenOf } from "../kind.ts";

const input = z.object({
  subscriptionId: z.uuid(),
  lastDay: frozenDate,
  unused: z.enum(["credit", "no_credit"]),
  why: z.enum(END_REASONS).nullish(),
});

/** What somebody asks for who ends the service of a connection. */
export type ServiceEndInput = z.output<typeof input>;

type Code = EndRefusal | "subscription_not_found" | "end_is_planned" | "end_moved" | "end_day_to_come";

/**
 * The end of a service (billing rule 12): with a day to come it is planned, else it ends now. Null: it is planned.
 */
export const serviceEndKind: ApprovalKind<ServiceEndInput, EndedConnection | null, Code> = {
  id: "service_end",
  version: 1,
  input,
  askPermission: "bill:void",
  decide: { permission: "service_end:approve", limit: null },
  isOnePerSubject: true,
  words: ({ lastDay, unused, why }) => [
    coded("approval_end_last", { last: lastDay }),
    coded("approval_end_unused", { unused }),
    ...(why === undefined || why === null ? [] : [coded("approval_end_why", { why })]),
  ],
  lock: ({ trx }, { subscriptionId }) => lockSubscribersOf(trx, [subscriptionId]),
  preview,
  execute,
  asked: (useCase, wanted, reason) => noteEndAsked(useCase, wanted, reason),
  dropped: (useCase, { subscriptionId }, closed) => dropEndAsked(useCase, subscriptionId, closed),
};

async function preview(
  moment: ApprovalMoment,
  wanted: ServiceEndInput,
): Promise<Result<ApprovalPreview, Code>> {
  const { trx, today } = moment;
  const connection = await findSubscription(trx, wanted.subscriptionId);
  if (connection === null || !isServed(connection)) return err("subscription_not_found");
  const isToCome = Temporal.PlainDate.compare(wanted.lastDay, today) > 0;
  const open = await findOpenEnd(trx, connection.id);
  if (isToCome && open?.state === "planned") return err("end_is_planned", { last: open.last_on });
  const review = await reviewEnd(trx, moment, connection, wanted);
  if (!review.ok) return review;
  const place = await findRouterPlace(trx, connection.id);
  if (place === null) return err("subscription_not_found");
  return ok({
    subject: {
      kind: "subscription",
      id: connection.id,
      label: `${place.subscriber_name}, ${connection.ppp_name}`,
    },
    subscriberId: connection.subscriber_id,
    siteId: place.site_id,
    amountCentavos: null,
    effects: effectsOf(review.value, wanted, { isToCome, router: place.router_name }),
    seen: seenOfEnd(connection, review.value, { ...wanted, isToCome }),
  });
}

/** What it does to money, then to the router. */
function effectsOf(
  review: EndReview,
  { lastDay, unused }: ServiceEndInput,
  { isToCome, router }: { isToCome: boolean; router: string },
): Coded[] {
  const effects: Coded[] = [];
  const { billCentavos, lockInFeeCentavos, creditCentavos, unusedCentavos } = review;
  if (billCentavos > ZERO) effects.push(coded("approval_end_bill", { amount: billCentavos }));
  if (lockInFeeCentavos > ZERO) effects.push(coded("approval_end_lock_in", { amount: lockInFeeCentavos }));
  if (creditCentavos > ZERO) effects.push(coded("approval_end_credit", { amount: creditCentavos }));
  if (unused === "no_credit" && unusedCentavos > ZERO) {
    effects.push(coded("approval_end_given_up", { amount: unusedCentavos }));
  }
  effects.push(balanceAfter(review));
  effects.push(
    isToCome
      ? coded("approval_end_off_on", { router, last: lastDay })
      : coded("approval_end_off_now", { router }),
  );
  return effects;
}

function balanceAfter({ owedCentavos, refundableCentavos }: EndReview): Coded {
  if (owedCentavos > ZERO) return coded("approval_end_owed", { amount: owedCentavos });
  if (refundableCentavos > ZERO) return coded("approval_end_refundable", { amount: refundableCentavos });
  return coded("approval_end_even");
}

/** Not why they leave: the form asks for that when all this is seen already, and nothing follows from it. */
function seenOfEnd(
  connection: SubscriptionRow,
  { netCentavos, lockInFeeCentavos, owedCentavos, refundableCentavos }: EndReview,
  { subscriptionId, lastDay, unused, isToCome }: ServiceEndInput & { isToCome: boolean },
): string {
  const { router_id, ppp_name, subscriber_id, plan_id } = connection;
  return seenOf({
    subscriptionId,
    lastDay,
    unused,
    isToCome,
    router_id,
    ppp_name,
    subscriber_id,
    plan_id,
    netCentavos,
    lockInFeeCentavos,
    owedCentavos,
    refundableCentavos,
  });
}

async function execute(
  useCase: UseCase,
  wanted: ServiceEndInput,
): Promise<Result<EndedConnection | null, Code>> {
  const { trx, tenant, business: { today } } = useCase;
  const connection = await lockServed(trx, wanted.subscriptionId);
  if (connection === null) return err("subscription_not_found");
  if (Temporal.PlainDate.compare(wanted.lastDay, today) > 0) {
    const planned = await planIn(useCase, connection, wanted);
    return planned.ok ? ok(null) : planned;
  }
  const review = await reviewEnd(trx, { tenant, today }, connection, wanted);
  if (!review.ok) return review;
  // What was seen is looked at before, under the same lock.
  return await endNow(useCase, connection, { ...wanted, netCentavos: review.value.netCentavos });
}
