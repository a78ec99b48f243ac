import { Refused } from "@/web/app/refused.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { activateSubscription } from "@/web/services/subscribers/activate_subscription.ts";
import { actorOf, momentOf, readPage } from "@/web/app/page_context.ts";
import { findConnection } from "../(_parts)/find_connection.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "subscriber:write",
    params: idParams,
    input: oneConnectionForm,
    audit: "subscription.activated",
    summary: "End Pending install by hand",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const form = readInput(ctx.state, oneConnectionForm);
    const moment = momentOf(ctx.state);
    const { connection } = await readPage(
      ctx.state,
      (trx) => findConnection(trx, id, form.connection, moment),
    );
    const { tenantId } = requireSession(ctx.state);
    const result = await activateSubscription(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriptionId: connection.id,
    });
    // Its first session may have been quicker.
    if (!result.ok && result.code !== "not_pending") throw new Refused(result);
    return ctx.redirect(`/admin/subscribers/${id}?done=activated`, 303);
  },
});
