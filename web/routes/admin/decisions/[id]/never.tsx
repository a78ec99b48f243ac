import { define } from "@/web/app/state.ts";
import { neverBillForm } from "@/web/route_table/decisions.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { neverBillDays } from "@/web/services/billing/decide_days.ts";
import { onDecision } from "../(_parts)/on_decision.tsx";

const part = define.part({
  on: onDecision,
  params: idParams,
  input: neverBillForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "bill_run:run",
  audit: "subscription.days_never",
  summary: "Decide that days that nothing explains are never billed",
  submit: ({ seen }, { call, loaded: { id } }) => neverBillDays(...call, { subscriptionId: id, seen }),
  done: (_value, { loaded: { id } }) => `/admin/decisions/${id}?done=never`,
  undo: (_value, { loaded: { id } }) => id,
});

export default part.page;
export const { handler, route } = part;
