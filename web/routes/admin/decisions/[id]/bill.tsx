import { define } from "@/web/app/state.ts";
import { billDaysForm } from "@/web/route_table/decisions.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { billDays } from "@/web/services/billing/decide_days.ts";
import { onDecision } from "../(_parts)/on_decision.tsx";

const part = define.part({
  on: onDecision,
  params: idParams,
  input: billDaysForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "bill_run:run",
  audit: "subscription.days_to_bill",
  summary: "Decide that days that nothing explains are billed, at a plan and a price",
  submit: ({ seen, plan, price, total }, { call, loaded: { id } }) =>
    billDays(...call, { subscriptionId: id, seen, planId: plan, priceCentavos: price, totalCentavos: total }),
  done: (_value, { loaded: { id } }) => `/admin/decisions/${id}?done=to_bill`,
  undo: (_value, { loaded: { id } }) => id,
});

export default part.page;
export const { handler, route } = part;
