import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { includeRowForm } from "@/web/route_table/tonight.ts";
import { includeInRun } from "@/web/services/cuts/exclude_from_run.ts";
import { onTonight } from "../(_parts)/on_tonight.ts";
import { backTo, placeOf } from "../(_parts)/row_action.ts";

const part = define.part({
  on: onTonight,
  params: idParams,
  input: includeRowForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "hold:write",
  audit: "subscription.included",
  summary: "Include a connection again",
  submit: ({ on }, { call, loaded: { id } }) => includeInRun(...call, { subscriptionId: id, businessOn: on }),
  done: (_value, { state }) => backTo(placeOf(state), "included"),
  undo: (_value, { loaded: { id } }) => id,
});

export default part.page;
export const { handler, route } = part;
