import { ok } from "@/shared/result.ts";
import { define } from "@/web/app/state.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { activateSubscription } from "@/web/services/subscribers/activate_subscription.ts";
import { aboutConnection, subscriberPath } from "../(_parts)/about_connection.ts";

export const { handler, route } = define.action({
  ...aboutConnection,
  input: oneConnectionForm,
  permission: "subscriber:write",
  audit: "subscription.activated",
  summary: "End Pending install by hand",
  submit: async (_input, { call, loaded }) => {
    const result = await activateSubscription(...call, { subscriptionId: loaded.connection.id });
    // Its first session may have been quicker.
    return !result.ok && result.code === "not_pending" ? ok(null) : result;
  },
  done: (_value, { loaded }) => subscriberPath(loaded, "activated"),
});
