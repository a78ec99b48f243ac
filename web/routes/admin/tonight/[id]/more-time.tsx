import { formatDate } from "@/shared/calendar/mod.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { ok } from "@/shared/result.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { moreTimeForm } from "@/web/route_table/tonight.ts";
import { extendHold, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { onTonight } from "../(_parts)/on_tonight.ts";
import { backTo, placeOf, readRow } from "../(_parts)/row_action.ts";
import { moreTimeUntil } from "../(_parts)/RowMenu.tsx";

const part = define.part({
  on: onTonight,
  params: idParams,
  input: moreTimeForm,
  load: (trx, { params, moment }) => readRow(trx, moment, params.id),
  permission: "hold:write",
  audit: "subscription.hold_extended",
  summary: "Give a connection 3 or 7 more days",
  async submit({ days, on, held }, { call, state, loaded: { row, note } }) {
    const { t } = state;
    const { subscriptionId, name, holdUntil } = row;
    if (holdUntil !== null && !(held !== null && holdUntil.equals(held))) {
      const by = note === undefined ? t("tonight.somebody") : note.by;
      const day = formatDate(holdUntil, t.locale);
      return { problems: { "": t("tonight.changed_first", { by, name, day }) } };
    }
    const result = held === null
      ? await holdSubscription(...call, {
        subscriptionId,
        untilOn: moreTimeUntil(null, on, days),
        reason: formatCoded(coded("reason_more_days", { days })),
      })
      : await extendHold(...call, { subscriptionId, days });
    if (!result.ok) return { problems: { "": `${name}: ${refusalText(state, result)}` } };
    return ok(held === null ? "held" : "extended");
  },
  done: (done, { state }) => backTo(placeOf(state), done),
  undo: (_done, { loaded: { row } }) => row.subscriptionId,
});

export default part.page;
export const { handler, route } = part;
