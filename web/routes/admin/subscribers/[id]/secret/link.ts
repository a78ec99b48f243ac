import { define } from "@/web/app/state.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { linkSecret } from "@/web/services/network/ppp_secret.ts";
import { aboutConnection, subscriberPath } from "../../(_parts)/about_connection.ts";

export const { handler, route } = define.action({
  ...aboutConnection,
  input: oneConnectionForm,
  permission: "subscriber:write",
  audit: "subscription.secret_linked",
  summary: "Use the PPP secret that is on the router",
  submit: (_input, { call, loaded }) => linkSecret(...call, { subscriptionId: loaded.connection.id }),
  done: (_value, { loaded }) => subscriberPath(loaded, "secret_linked"),
});
