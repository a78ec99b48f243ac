import { define } from "@/web/app/state.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { cancelPayerChange } from "@/web/services/billing/payer_days.ts";
import { aboutConnection, subscriberPath } from "../../(_parts)/about_connection.ts";

export const { handler, route } = define.action({
  ...aboutConnection,
  input: oneConnectionForm,
  permission: "subscriber:write",
  audit: "subscription.payer_cancelled",
  summary: "Cancel that a connection goes to another subscriber",
  submit: (_input, { call, loaded }) => cancelPayerChange(...call, { subscriptionId: loaded.connection.id }),
  done: (_value, { loaded }) => subscriberPath(loaded, "payer_cancelled"),
});
