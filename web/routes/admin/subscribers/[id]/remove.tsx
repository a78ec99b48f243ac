import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { removeConnection } from "@/web/services/subscribers/remove_connection.ts";
import { connectionPage, subscriberPath } from "../(_parts)/about_connection.ts";

const question = define.question({
  ...connectionPage,
  input: oneConnectionForm,
  permission: "subscriber:write",
  audit: "subscription.removed",
  confirm: true,
  summary: "Take away a connection that has no bill",
  title: ({ t }) => t("subscribers.remove_title"),
  refused: "subscribers.nothing_changed",
  question: ({ t, loaded: { connection } }) =>
    t("subscribers.remove_question", { name: connection.ppp_name, router: connection.router_name }),
  tone: "danger",
  effect: ({ t, loaded: { connection } }) =>
    t(connection.secret === "wanted" ? "subscribers.remove_gone" : "subscribers.remove_off", {
      name: connection.ppp_name,
      router: connection.router_name,
    }),
  verb: ({ t }) => t("subscribers.remove_verb"),
  children: ({ t }) => <p>{t("subscribers.remove_note")}</p>,
  submit: (_input, { call, loaded, state }) =>
    removeConnection(...call, {
      subscriptionId: loaded.connection.id,
      mayVoidBills: may(state, "bill:void"),
    }),
  done: (_value, { loaded }) => subscriberPath(loaded, "removed"),
});

export default question.page;
export const { handler, route } = question;
