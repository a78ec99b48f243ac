import { define } from "@/web/app/state.ts";
import { renewalForm } from "@/web/route_table/prepaid.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { aboutConnection, subscriberPath } from "../(_parts)/about_connection.ts";

export const { handler, route } = define.action({
  ...aboutConnection,
  input: renewalForm,
  permission: "subscriber:write",
  audit: "subscription.renewal_switched",
  summary: "Switch on or off that a prepaid connection renews itself from credit",
  submit: ({ renews }, { call, loaded }) =>
    switchRenewal(...call, { subscriptionId: loaded.connection.id, renewsItself: renews === "yes" }),
  done: (_value, { loaded }) => subscriberPath(loaded, "renewal"),
});
