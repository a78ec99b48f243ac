import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { newSubscriberForm, newSubscriberQuery } from "@/web/route_table/new_subscribers.ts";
import { addSubscriber } from "@/web/services/subscribers/add_subscriber.ts";
import { afterAdding, boughtAtOnce } from "./(_parts)/added.ts";
import { ConsentFields } from "./(_parts)/ConsentFields.tsx";
import { CONNECTION_LABELS, ConnectionFields } from "./(_parts)/ConnectionFields.tsx";
import { DuplicatesPart } from "./(_parts)/DuplicatesPart.tsx";
import {
  firstValues,
  loadNewSubscriber,
  NO_PERSON,
  typedConnection,
  typedPerson,
} from "./(_parts)/load_new.ts";
import { NewConnectionForm } from "./(_parts)/NewConnectionForm.tsx";
import { PERSON_LABELS, PersonFields } from "./(_parts)/PersonFields.tsx";

const form = define.form({
  query: newSubscriberQuery,
  input: newSubscriberForm,
  load: (trx, { query, moment, state, isSent }) =>
    loadNewSubscriber(
      trx,
      moment,
      isSent ? typedPerson(state) : NO_PERSON,
      isSent ? typedConnection(state) : firstValues(moment.tenant, query),
    ),
  permission: "subscriber:write",
  audit: "subscriber.added",
  summary: "Add a subscriber with a connection, or preview the first bill",
  title: ({ t }) => t("subscribers.new_title"),
  back: ({ t }) => ({ href: "/admin/subscribers", label: t("subscribers.title") }),
  labels: {
    ...PERSON_LABELS,
    ...CONNECTION_LABELS,
    accept: "subscribers.add_anyway",
    consent: "privacy.consent_field",
    way: "privacy.consent_way",
  },
  values: ({ values }) => ({ ...values, consent: "", way: "paper" }),
  preview: "always",
  fields: (form) => <ConnectionFields form={form} view={form.loaded} />,
  verb: ({ t }) => t("subscribers.add"),
  page: (form, parts) => (
    <NewConnectionForm
      id="new-subscriber"
      parts={parts}
      view={form.loaded}
      title={form.t("subscribers.connection")}
      verb={form.t("subscribers.add")}
      backHref="/admin/subscribers"
      regions={["duplicates"]}
      before={
        <Card title={form.t("subscribers.person")}>
          <div class="form">
            <PersonFields
              form={form}
              places={form.loaded.places}
              autofocus={Object.keys(form.problems).length === 0}
            />
            <ConsentFields form={form} />
            <div id="duplicates" aria-live="polite">
              <DuplicatesPart duplicates={form.loaded.duplicates} canAccept error={form.problems.accept} />
            </div>
          </div>
        </Card>
      }
    />
  ),
  submit: (
    { plan, router, ppp, billing, buys: _buys, accept, intent: _intent, consent, way, ...rest },
    { call },
  ) =>
    addSubscriber(...call, {
      ...rest,
      planId: plan,
      routerId: router,
      pppName: ppp,
      billingDay: billing,
      isDuplicateAccepted: accept === "on",
      consent: consent === "" ? null : { state: consent, way },
    }),
  at: {
    name_required: "name",
    plan_not_found: "plan",
    router_not_found: "router",
    router_full: "router",
    ppp_name_invalid: "ppp",
    ppp_name_taken: "ppp",
    duplicate: "accept",
  },
  done: (value, { ctx, input }) =>
    afterAdding(ctx, value, {
      done: "added",
      isLinked: input.secret === "link",
      buys: boughtAtOnce(ctx.state, input),
    }),
});

export default form.page;
export const { handler, route } = form;
