import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findRouterPlace } from "@/web/store/approvals/router_place.ts";
import { findSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { agreedWords, agreeIn, discountOf } from "../../billing/agree_own_price.ts";
import { type OwnPriceCode, reviewOwnPrice } from "../../billing/review_own_price.ts";
import {
  type ApprovalKind,
  type ApprovalMoment,
  type ApprovalPreview,
  frozenCentavos,
  frozenDate,
  seenOf,
} from "../kind.ts";

const input = z.object({
  subscriptionId: z.uuid(),
  kind: z.enum(["price", "amount_off", "percent_off"]),
  amountCentavos: frozenCentavos,
  basisPoints: z.int(),
  startOn: frozenDate.nullable(),
  lastOn: frozenDate.nullable(),
  periods: z.int().nullable(),
  reason: z.string(),
});

type Input = z.output<typeof input>;

/** A price of its own or a discount for one connection; it comes to what a month costs less than by the price list. */
export const ownPriceKind: ApprovalKind<Input, { fromOn: Temporal.PlainDate }, OwnPriceCode> = {
  id: "own_price",
  version: 1,
  input,
  askPermission: "plan:write",
  decide: { permission: "approval:decide", limit: "discount_centavos" },
  hasAmount: true,
  isOnePerSubject: true,
  words: ({ reason }) => [coded("approval_in_books", { reason })],
  lock: ({ trx }, { subscriptionId }) => lockSubscribersOf(trx, [subscriptionId]),
  preview,
  execute: agreeIn,
};

async function preview(
  { trx, tenant, today }: ApprovalMoment,
  wanted: Input,
): Promise<Result<ApprovalPreview, OwnPriceCode>> {
  const connection = await findSubscription(trx, wanted.subscriptionId);
  const place = await findRouterPlace(trx, wanted.subscriptionId);
  if (connection === null || connection.status === "cancelled" || place === null) {
    return err("subscription_not_found");
  }
  const review = await reviewOwnPrice(trx, { tenant, today }, connection, wanted);
  if (!review.ok) return review;
  const { price, ended, takenBack } = review.value;
  const discount = await discountOf({ trx }, connection, price);
  const amount = centavos(discount > 0n ? discount : 0n);
  const replaced = [...ended.map(({ row }) => row), ...takenBack];
  return ok({
    subject: {
      kind: "subscription",
      id: connection.id,
      label: `${place.subscriber_name}, ${connection.ppp_name}`,
    },
    subscriberId: connection.subscriber_id,
    siteId: null,
    amountCentavos: amount,
    effects: [
      coded("approval_own_price", { price: agreedWords(price), from: price.from_on }),
      coded("approval_own_less", { amount }),
      ...replaced.map((row) => coded("approval_own_instead", { price: agreedWords(row) })),
      coded("approval_router_stays"),
    ],
    seen: seenOf({
      ...wanted,
      amount,
      fromOn: price.from_on,
      plan: connection.plan_id,
      replaced: replaced.map(({ id }) => id),
    }),
  });
}
