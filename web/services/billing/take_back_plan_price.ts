import { coded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findDatedPlanPrice, updatePlanPriceTakenBack } from "@/web/store/billing/plan_prices.ts";
import { lockPlan } from "@/web/store/billing/plans.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Why a price that is agreed stays. */
export type TakeBackPlanPriceCode =
  | UnaskedCode
  | "plan_not_found"
  | "plan_price_not_found"
  | "price_day_not_to_come";

/** Takes back a plan's price whose day is still to come. Bills that were made in advance with it stay as they are. */
export async function takeBackPlanPrice(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { planId: string; priceId: string },
): Promise<Result<null, TakeBackPlanPriceCode>> {
  return await runUseCase<null, TakeBackPlanPriceCode>(context, tenantId, actor, async (useCase) => {
    // Who takes a price back changes it.
    const kept = await refuseUnasked(useCase, "plan_price", {});
    if (kept !== null) return kept;
    const { trx, at, business } = useCase;
    const plan = await lockPlan(trx, input.planId);
    if (plan === null) return err("plan_not_found");
    const price = await findDatedPlanPrice(trx, plan.id, input.priceId);
    if (price === null) return err("plan_price_not_found");
    if (Temporal.PlainDate.compare(price.from_on, business.today) <= 0) {
      return err("price_day_not_to_come", { on: price.from_on });
    }
    await updatePlanPriceTakenBack(trx, { planId: plan.id, id: input.priceId }, { at, label: actor.label });
    await recordAudit(trx, actor, {
      action: "plan.price_taken_back",
      subjectKind: "plan",
      subjectId: plan.id,
      summary: coded("audit_plan_price_taken_back", {
        plan: plan.name,
        price: centavos(price.price_centavos),
        from: price.from_on,
      }),
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
