import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { disconnectForm } from "@/web/route_table/subscribers.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { findRouterPlace } from "@/web/store/approvals/router_place.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";
import { connectionPage, subscriberPath } from "../(_parts)/about_connection.ts";
import { findConnection } from "../(_parts)/find_connection.ts";

const KINDS = ["admin", "abuse", "vacation"] as const;

const question = define.question({
  ...connectionPage,
  input: disconnectForm,
  load: async (trx, { params, query, state, moment }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const siteId = (await findRouterPlace(trx, chosen.connection.id))?.site_id ?? null;
    return { ...chosen, gate: await loadGate(trx, { state, moment }, "suspension", { siteId }) };
  },
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
  verb: ({ t, loaded: { connection, gate } }) =>
    gateVerb(gate, t, t("subscribers.disconnect_of", { name: connection.subscriber_name })),
  labels: { kind: "tables.why", note: "tables.reason" },
  values: () => ({ kind: "admin" }),
  children: ({ t, field, loaded: { gate } }) => (
    <>
      <GateNote gate={gate} t={t} />
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
    askOrRun(...call, {
      kind: "suspension",
      input: { subscriptionId: loaded.connection.id, reason: kind, note },
      reason: note,
    }),
  done: (done, { state, loaded }) =>
    afterAsking(state, done, {
      done: () => subscriberPath(loaded, "disconnected"),
      cannotRead: subscriberPath(loaded),
    }),
  undo: (_value, { loaded }) => loaded.connection.id,
});

export default question.page;
export const { handler, route } = question;
