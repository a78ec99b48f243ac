import { define } from "@/web/app/state.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { cancelModeChange } from "@/web/services/billing/mode_days.ts";
import { aboutConnection, subscriberPath } from "../../(_parts)/about_connection.ts";

export const { handler, route } = define.action({
  ...aboutConnection,
  input: oneConnectionForm,
  permission: "subscriber:write",
  audit: "subscription.mode_cancelled",
  summary: "Cancel that a connection will be paid up front",
  submit: (_input, { call, loaded }) => cancelModeChange(...call, { subscriptionId: loaded.connection.id }),
  done: (_value, { loaded }) => subscriberPath(loaded, "mode_cancelled"),
});
