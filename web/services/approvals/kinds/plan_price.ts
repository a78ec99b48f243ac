import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findPlan, lockPlan } from "@/web/store/billing/plans.ts";
import { reviewPlanPrice } from "../../billing/review_plan_price.ts";
import {
  checkPriceDay,
  fieldsOf,
  isNewPrice,
  type PlanCode,
  planVersion,
  updatePlanIn,
} from "../../billing/save_plan.ts";
import {
  type ApprovalKind,
  type ApprovalMoment,
  type ApprovalPreview,
  frozenCentavos,
  frozenDate,
  seenOf,
} from "../kind.ts";

const input = z.object({
  planId: z.uuid(),
  name: z.string(),
  priceCentavos: frozenCentavos,
  pppProfile: z.string().nullable(),
  speed: z.string().nullable(),
  priceFromOn: frozenDate.nullable(),
  /** Version of the plan that was changed: it is not put over what somebody saved meanwhile. */
  seen: z.string().optional(),
});

type Input = z.output<typeof input>;

/** A plan with a new price. It comes to no amount: how much depends on how many pay it for how long. */
export const planPriceKind: ApprovalKind<Input, { planId: string }, PlanCode> = {
  id: "plan_price",
  version: 1,
  input,
  askPermission: "plan:write",
  decide: { permission: "approval:decide", limit: null },
  isOnePerSubject: true,
  words: ({ name, priceCentavos, priceFromOn }) => [
    priceFromOn === null
      ? coded("approval_price_next", { plan: name, price: priceCentavos })
      : coded("approval_price_from", { plan: name, price: priceCentavos, from: priceFromOn }),
  ],
  lock: async ({ trx }, { planId }) => void await lockPlan(trx, planId),
  preview,
  execute: updatePlanIn,
};

async function preview(
  { trx, tenant, today }: ApprovalMoment,
  wanted: Input,
): Promise<Result<ApprovalPreview, PlanCode>> {
  const plan = await findPlan(trx, wanted.planId);
  if (plan === null || plan.archived_at !== null) return err("plan_not_found");
  const fields = fieldsOf(wanted);
  if (!fields.ok) return fields;
  if (wanted.seen !== undefined && wanted.seen !== planVersion(plan)) return err("row_changed");
  const day = checkPriceDay(wanted.priceFromOn, today);
  if (!day.ok) return day;
  const { planId, priceCentavos, priceFromOn: fromOn } = wanted;
  const review = await reviewPlanPrice(trx, { tenant, today }, { planId, priceCentavos, fromOn });
  const hasProfile = (wanted.pppProfile ?? "") !== (plan.ppp_profile ?? "");
  const { changed, beforeCentavos: before, afterCentavos: after } = review;
  return ok({
    subject: { kind: "plan", id: plan.id, label: plan.name },
    subscriberId: null,
    siteId: null,
    amountCentavos: null,
    effects: [
      ...(isNewPrice(plan, wanted)
        ? [coded("approval_price_before", { before: centavos(plan.price_centavos), after: priceCentavos })]
        : []),
      coded("approval_price_all", { count: changed, before, after }),
      hasProfile
        ? coded("approval_price_profile", { profile: wanted.pppProfile ?? "" })
        : coded("approval_router_stays"),
    ],
    seen: seenOf({ ...wanted, version: planVersion(plan), changed, before, after }),
  });
}
