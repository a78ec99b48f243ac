import { define } from "@/web/app/state.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { takeBackEnd } from "@/web/services/subscribers/take_back_end.ts";
import { aboutConnection, subscriberPath } from "../../(_parts)/about_connection.ts";

export const { handler, route } = define.action({
  ...aboutConnection,
  input: oneConnectionForm,
  permission: "bill:void",
  audit: "subscription.end_taken_back",
  summary: "Take back that the service of a connection ends",
  submit: (_input, { call, loaded }) => takeBackEnd(...call, { subscriptionId: loaded.connection.id }),
  done: (_value, { loaded }) => subscriberPath(loaded, "end_taken_back"),
});
