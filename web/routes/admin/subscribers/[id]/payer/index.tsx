import { formatDate } from "@/shared/calendar/mod.ts";
import { mustBeAllowed } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { codedText } from "@/web/messages/coded_text.ts";
import { payerForm, payerQuery } from "@/web/route_table/payers.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { FindPayer } from "../../../payments/(_parts)/FindPayer.tsx";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { DuplicatesPart } from "../../(_parts)/DuplicatesPart.tsx";
import { loadPayer } from "../../(_parts)/load_payer.ts";
import { PayerChoice, PayerStays } from "../../(_parts)/PayerChoice.tsx";
import { PERSON_LABELS, PersonFields } from "../../(_parts)/PersonFields.tsx";
import { WaitsPart } from "../../(_parts)/WaitsPart.tsx";

const form = define.form({
  ...connectionPage,
  query: payerQuery,
  input: payerForm,
  load: loadPayer,
  permission: "subscriber:write",
  audit: "subscription.payer_changed",
  summary: "Give a connection to another subscriber",
  title: ({ t }) => t("payers.title"),
  lead: ({ loaded: { connection } }) => (
    <>
      {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
    </>
  ),
  refused: "payers.nothing_changed",
  labels: {
    ...PERSON_LABELS,
    when: "payers.when",
    unused: "payers.unused",
    accept: "subscribers.add_anyway",
  },
  blocked: ({ t, state, loaded }) => {
    const { connection, waits } = loaded;
    if (waits !== null) {
      const { id, subscriber_id: subscriberId } = connection;
      const action = `/admin/subscribers/${subscriberId}/payer/cancel`;
      const text = t("payers.waits", { name: waits.name, on: formatDate(waits.on, t.locale) });
      const cancel = { action, connection: id, verb: t("payers.cancel") };
      return <WaitsPart state={state} text={text} why={waits.why} cancel={cancel} />;
    }
    if (loaded.step === "find") {
      const action = `${subscriberPath({ connection })}/payer`;
      const kept = { connection: connection.id };
      return (
        <div class="stack">
          <FindPayer
            action={action}
            kept={kept}
            label={t("payers.find")}
            hint={t("payers.find_hint")}
            q={loaded.q}
            matches={loaded.matches}
            hrefOf={(row) => `${action}?connection=${connection.id}&to=${row.subscriberId}`}
          />
          <p>
            <LinkButton href={`${action}?connection=${connection.id}&to=new`} icon="plus">
              {t("payers.new")}
            </LinkButton>
          </p>
        </div>
      );
    }
    if (loaded.whyNot !== null) return <Banner tone="warn">{codedText(t, loaded.whyNot)}</Banner>;
    return null;
  },
  values: () => ({ when: "today", unused: "keep" }),
  hidden: ({ loaded, moment: { today } }) => ({
    connection: loaded.connection.id,
    shown: today.toString(),
    ...(loaded.step === "give" && {
      to: loaded.to === "new" ? "new" : loaded.to.id,
      once: loaded.once,
    }),
  }),
  fields: (form) => {
    const { loaded, problems } = form;
    if (loaded.step === "find") return null;
    return (
      <>
        {loaded.to === "new" && (
          <>
            <PersonFields form={form} places={loaded.places} />
            <DuplicatesPart duplicates={loaded.duplicates} canAccept error={problems.accept} />
          </>
        )}
        <PayerChoice form={form} giving={loaded} />
        <PayerStays giving={loaded} t={form.t} />
      </>
    );
  },
  verb: ({ t }) => t("payers.verb"),
  submit: (
    { to, when, unused, shown, once, accept, connection: _connection, ...person },
    { call, state, loaded },
  ) => {
    // What was used is billed at once, and what was not is given back.
    if (when === "today") mustBeAllowed(state, "charge:post");
    if (unused === "credit") mustBeAllowed(state, "memo:post");
    return changePayer(...call, {
      subscriptionId: loaded.connection.id,
      fromSubscriberId: loaded.connection.subscriber_id,
      to: to === "new" ? { person, isDuplicateAccepted: accept === "on" } : { subscriberId: to },
      when,
      unused,
      shownOn: shown,
      once,
    });
  },
  at: { name_required: "name", duplicate: "accept" },
  undo: (_value, { loaded }) => loaded.connection.id,
  done: (value, { loaded }) =>
    value.isPlanned
      ? subscriberPath(loaded, "payer_planned")
      : `/admin/subscribers/${value.toSubscriberId}?done=payer`,
});

export default form.page;
export const { handler, route } = form;
