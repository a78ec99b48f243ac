import { define } from "@/web/app/state.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { cancelPlanChange } from "@/web/services/billing/change_plan.ts";
import { aboutConnection, subscriberPath } from "../../(_parts)/about_connection.ts";

export const { handler, route } = define.action({
  ...aboutConnection,
  input: oneConnectionForm,
  permission: "subscriber:write",
  audit: "subscription.plan_change_cancelled",
  summary: "Cancel a plan change that has not come yet",
  submit: (_input, { call, loaded }) => cancelPlanChange(...call, { subscriptionId: loaded.connection.id }),
  done: (_value, { loaded }) => subscriberPath(loaded, "plan_cancelled"),
});
