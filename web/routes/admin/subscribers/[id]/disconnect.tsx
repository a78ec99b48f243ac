import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { disconnectForm } from "@/web/route_table/subscribers.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { connectionPage, subscriberPath } from "../(_parts)/about_connection.ts";

const KINDS = ["admin", "abuse", "vacation"] as const;

const question = define.question({
  ...connectionPage,
  input: disconnectForm,
  permission: "subscription:suspend",
  audit: "subscription.suspended",
  summary: "Disconnect a connection by hand",
  title: ({ t }) => t("subscribers.disconnect"),
  question: ({ t, loaded: { connection } }) =>
    t("subscribers.disconnect_question", { name: connection.subscriber_name }),
  tone: "danger",
  effect: ({ t, loaded: { connection } }) => (
    <>
      {t("subscribers.goes_off")} <CodeText>{connection.ppp_name}</CodeText>{" "}
      {t("subscribers.on_router_named", { router: connection.router_name })}{" "}
      {t(`subscribers.session_${connection.connection}`)}
    </>
  ),
  verb: ({ t, loaded: { connection } }) =>
    t("subscribers.disconnect_of", { name: connection.subscriber_name }),
  labels: { kind: "tables.why", note: "tables.reason" },
  values: () => ({ kind: "admin" }),
  children: ({ t, field }) => (
    <>
      <p>{t("subscribers.disconnect_note")}</p>
      <RadioCards
        {...field("kind")}
        options={KINDS.map((kind) => ({
          value: kind,
          label: t(`words.reason_${kind}`),
          note: t(`subscribers.kind_${kind}`),
        }))}
      />
      <TextField {...field("note")} hint={t("bills.reason_hint")} />
    </>
  ),
  submit: ({ kind, note }, { call, loaded }) =>
    suspendSubscription(...call, { subscriptionId: loaded.connection.id, reason: kind, note }),
  done: (_value, { loaded }) => subscriberPath(loaded, "disconnected"),
  undo: (_value, { loaded }) => loaded.connection.id,
});

export default question.page;
export const { handler, route } = question;
