import { readParams, requireSession } from "@/web/app/input.ts";
import { refusalText } from "@/web/app/refusal_text.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { endHold } from "@/web/services/cuts/hold_subscription.ts";
import { actorOf } from "@/web/app/page_context.ts";
import { refuseRow } from "../(_parts)/refuse.ts";
import { backTo, placeOf, throwIfAbsent } from "../(_parts)/row_action.ts";
import { TonightPage } from "../(_parts)/TonightPage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { endHoldRowForm } from "@/web/route_table/tonight.ts";

export default define.page<typeof handler>(({ data, state }) => <TonightPage data={data} state={state} />);

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "hold:write", params: idParams, summary: "Leads back to Tonight" },
  POST: {
    audience: "staff",
    permission: "hold:write",
    params: idParams,
    input: endHoldRowForm,
    audit: "subscription.hold_ended",
    summary: "End a hold",
  },
};

export const handler = define.handlers({
  // The address of a refused form, opened again.
  GET: (ctx) => ctx.redirect("/admin/tonight", 303),
  async POST(ctx) {
    const { id: subscriptionId } = readParams(ctx.state, idParams);
    const place = placeOf(ctx.state);
    const { tenantId } = requireSession(ctx.state);
    const result = await endHold(ctx.state.services, tenantId, actorOf(ctx.state), { subscriptionId });
    if (result.ok) {
      return ctx.redirect(await withUndo(ctx.state, backTo(place, "hold_ended"), subscriptionId), 303);
    }
    throwIfAbsent(result.code);
    return await refuseRow(
      ctx.state,
      place,
      `${refusalText(ctx.state, result)} ${ctx.state.t("tonight.ended_first")}`,
    );
  },
});
