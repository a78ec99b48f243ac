import { Refused } from "@/web/app/refused.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { endHoldForm } from "@/web/route_table/subscribers.ts";
import { endHold } from "@/web/services/cuts/hold_subscription.ts";
import { actorOf, momentOf, readPage } from "@/web/app/page_context.ts";
import { findConnection } from "../(_parts)/find_connection.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "hold:write",
    params: idParams,
    input: endHoldForm,
    audit: "subscription.hold_ended",
    summary: "End a hold early",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const form = readInput(ctx.state, endHoldForm);
    const moment = momentOf(ctx.state);
    const { connection } = await readPage(
      ctx.state,
      (trx) => findConnection(trx, id, form.connection, moment),
    );
    const { tenantId } = requireSession(ctx.state);
    const result = await endHold(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriptionId: connection.id,
    });
    if (!result.ok && result.code !== "not_held") throw new Refused(result);
    const done = result.ok && result.value.isListedToday ? "hold_ended_listed" : "hold_ended";
    return ctx.redirect(
      await withUndo(ctx.state, `/admin/subscribers/${id}?done=${done}`, connection.id),
      303,
    );
  },
});
