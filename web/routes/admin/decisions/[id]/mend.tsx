import { define } from "@/web/app/state.ts";
import { mendForm } from "@/web/route_table/decisions.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { mendParked } from "@/web/services/billing/mend_parked.ts";
import { afterTry } from "../(_parts)/after_try.ts";
import { onDecision } from "../(_parts)/on_decision.tsx";

const part = define.part({
  on: onDecision,
  params: idParams,
  input: mendForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "bill_run:run",
  audit: "subscription.mended",
  summary: "Mend what keeps a connection from being billed, and bill it",
  submit: ({ day, plan }, { call, loaded: { id } }) =>
    mendParked(...call, { subscriptionId: id, day, planId: plan }),
  undo: (_run, { loaded: { id } }) => id,
  done: (run, { loaded: { id } }) => afterTry(run, id),
});

export default part.page;
export const { handler, route } = part;
