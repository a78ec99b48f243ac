import { ok } from "@/shared/result.ts";
import { define } from "@/web/app/state.ts";
import { endHoldForm } from "@/web/route_table/subscribers.ts";
import { endHold } from "@/web/services/cuts/hold_subscription.ts";
import { aboutConnection, subscriberPath } from "../(_parts)/about_connection.ts";

export const { handler, route } = define.action({
  ...aboutConnection,
  input: endHoldForm,
  permission: "hold:write",
  audit: "subscription.hold_ended",
  summary: "End a hold early",
  submit: async (_input, { call, loaded }) => {
    const result = await endHold(...call, { subscriptionId: loaded.connection.id });
    // Somebody else may have ended it a moment ago.
    return !result.ok && result.code === "not_held" ? ok({ isListedToday: false }) : result;
  },
  done: ({ isListedToday }, { loaded }) =>
    subscriberPath(loaded, isListedToday ? "hold_ended_listed" : "hold_ended"),
  undo: (_value, { loaded }) => loaded.connection.id,
});
