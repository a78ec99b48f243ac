import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { onePlanPriceForm } from "@/web/route_table/prices.ts";
import { takeBackPlanPrice } from "@/web/services/billing/take_back_plan_price.ts";

export const { handler, route } = define.action({
  params: idParams,
  input: onePlanPriceForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "plan:write",
  audit: "plan.price_taken_back",
  summary: "Take back a price of a plan that waits for its day",
  submit: ({ price }, { call, loaded: { id } }) => takeBackPlanPrice(...call, { planId: id, priceId: price }),
  done: (_value, { loaded: { id } }) => `/admin/plans/${id}/edit?done=price_taken_back`,
});
