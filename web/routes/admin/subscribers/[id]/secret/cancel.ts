import { define } from "@/web/app/state.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { cancelSecret } from "@/web/services/network/ppp_secret.ts";
import { aboutConnection, subscriberPath } from "../../(_parts)/about_connection.ts";

export const { handler, route } = define.action({
  ...aboutConnection,
  input: oneConnectionForm,
  permission: "subscriber:write",
  audit: "subscription.secret_withdrawn",
  summary: "Take a PPP secret back that is on its way",
  submit: (_input, { call, loaded }) => cancelSecret(...call, { subscriptionId: loaded.connection.id }),
  done: (_value, { loaded }) => subscriberPath(loaded, "secret_withdrawn"),
});
