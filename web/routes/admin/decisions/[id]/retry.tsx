import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { billOne } from "@/web/services/billing/mend_parked.ts";
import { afterTry } from "../(_parts)/after_try.ts";
import { onDecision } from "../(_parts)/on_decision.tsx";

const part = define.part({
  on: onDecision,
  params: idParams,
  input: noFields,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "bill_run:run",
  audit: "bill_run.finished",
  summary: "Try again to bill one connection",
  submit: (_input, { call, loaded: { id } }) => billOne(...call, { subscriptionId: id }),
  done: (run, { loaded: { id } }) => afterTry(run, id),
});

export default part.page;
export const { handler, route } = part;
