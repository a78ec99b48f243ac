import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { newConnectionForm, newSubscriberQuery } from "@/web/route_table/new_subscribers.ts";
import { addConnection } from "@/web/services/subscribers/add_connection.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { afterAdding, boughtAtOnce } from "../(_parts)/added.ts";
import { CONNECTION_LABELS, ConnectionFields } from "../(_parts)/ConnectionFields.tsx";
import { firstValues, loadNewConnection, typedConnection } from "../(_parts)/load_new.ts";
import { NewConnectionForm } from "../(_parts)/NewConnectionForm.tsx";

const form = define.form({
  params: idParams,
  query: newSubscriberQuery,
  input: newConnectionForm,
  load: async (trx, { params, query, moment, state, isSent }) => {
    const subscriber = found(await findSubscriber(trx, params.id));
    const values = isSent ? typedConnection(state) : firstValues(moment.tenant, query);
    return { subscriber, view: await loadNewConnection(trx, moment, values, subscriber.name) };
  },
  permission: "subscriber:write",
  audit: "subscription.added",
  summary: "Add a connection, or preview its first bill",
  title: ({ t }) => t("subscribers.new_connection"),
  back: ({ loaded: { subscriber } }) => ({
    href: `/admin/subscribers/${subscriber.id}`,
    label: subscriber.name,
  }),
  labels: CONNECTION_LABELS,
  values: ({ view }) => ({ ...view.values }),
  preview: "always",
  fields: (form) => <ConnectionFields form={form} view={form.loaded.view} />,
  verb: ({ t }) => t("subscribers.add_connection"),
  page: ({ t, loaded }, parts) => (
    <NewConnectionForm
      id="new-connection"
      parts={parts}
      view={loaded.view}
      verb={t("subscribers.add_connection")}
      backHref={`/admin/subscribers/${loaded.subscriber.id}`}
    />
  ),
  submit: ({ plan, router, ppp, billing, buys: _buys, intent: _intent, ...rest }, { call, loaded }) =>
    addConnection(...call, {
      ...rest,
      subscriberId: loaded.subscriber.id,
      planId: plan,
      routerId: router,
      pppName: ppp,
      billingDay: billing,
    }),
  at: {
    plan_not_found: "plan",
    router_not_found: "router",
    router_full: "router",
    ppp_name_invalid: "ppp",
    ppp_name_taken: "ppp",
  },
  done: (value, { ctx, loaded, input }) =>
    afterAdding(ctx, { ...value, subscriberId: loaded.subscriber.id }, {
      done: "connection_added",
      isLinked: input.secret === "link",
      buys: boughtAtOnce(ctx.state, input),
    }),
});

export default form.page;
export const { handler, route } = form;
