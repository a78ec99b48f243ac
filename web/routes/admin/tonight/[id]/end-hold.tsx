import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { endHoldRowForm } from "@/web/route_table/tonight.ts";
import { endHold } from "@/web/services/cuts/hold_subscription.ts";
import { onTonight } from "../(_parts)/on_tonight.ts";
import { backTo, placeOf } from "../(_parts)/row_action.ts";

const part = define.part({
  on: onTonight,
  params: idParams,
  input: endHoldRowForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "hold:write",
  audit: "subscription.hold_ended",
  summary: "End a hold",
  async submit(_place, { call, state, loaded: { id } }) {
    const result = await endHold(...call, { subscriptionId: id });
    if (result.ok || result.code !== "not_held") return result;
    return { problems: { "": `${refusalText(state, result)} ${state.t("tonight.ended_first")}` } };
  },
  done: (_value, { state }) => backTo(placeOf(state), "hold_ended"),
  undo: (_value, { loaded: { id } }) => id,
});

export default part.page;
export const { handler, route } = part;
