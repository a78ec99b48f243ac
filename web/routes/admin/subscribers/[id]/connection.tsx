import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { Columns } from "@/web/components/Layout.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import FormPreview from "@/web/islands/FormPreview.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { newConnectionForm, newSubscriberQuery } from "@/web/route_table/new_subscribers.ts";
import { addConnection, type ConnectionCode } from "@/web/services/subscribers/add_connection.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { actorOf, found, momentOf, readPage, typed } from "@/web/app/page_context.ts";
import { ConnectionFields } from "../(_parts)/ConnectionFields.tsx";
import { PppWarnings } from "../(_parts)/DuplicatesPart.tsx";
import { FirstBillCard } from "../(_parts)/FirstBillCard.tsx";
import {
  type ConnectionValues,
  firstValues,
  loadNewConnection,
  type NewConnectionView,
  typedConnection,
} from "../(_parts)/load_new.ts";
import { passwordCookie } from "../(_parts)/secret_cookie.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface NewConnectionData {
  subscriber: { id: string; name: string };
  view: NewConnectionView;
  problems: Record<string, string>;
}

/** Field that each refusal is shown at. */
const FIELD: Record<ConnectionCode, string> = {
  subscriber_not_found: "",
  plan_not_found: "plan",
  router_not_found: "router",
  ppp_name_invalid: "ppp",
  ppp_name_taken: "ppp",
};

export default define.page<typeof handler>(function NewConnectionPage({ data, state }) {
  const { subscriber, view, problems } = data;
  const { t } = state;
  const path = `/admin/subscribers/${subscriber.id}`;
  return (
    <>
      <PageHeader title={t("subscribers.new_connection")} back={{ href: path, label: subscriber.name }} />
      <form id="new-connection" method="post" action={`${path}/connection`}>
        <Csrf token={state.csrfToken} />
        <Columns
          main={
            <>
              <ErrorSummary errors={problems} />
              <Card>
                <div class="form">
                  <ConnectionFields view={view} problems={problems} />
                  <div id="ppp-warnings" class="stack" aria-live="polite">
                    <PppWarnings view={view} />
                  </div>
                  <div class="form-actions">
                    <Button kind="primary" name="intent" value="save">
                      {t("subscribers.add_connection")}
                    </Button>
                    <Button name="intent" value="preview" noValidate>{t("subscribers.preview")}</Button>
                    <LinkButton kind="quiet" href={path}>{t("subscribers.back")}</LinkButton>
                  </div>
                </div>
              </Card>
            </>
          }
          side={
            <div id="first-bill">
              <FirstBillCard view={view} />
            </div>
          }
        />
      </form>
      <FormPreview form="new-connection" regions={["first-bill", "ppp-warnings"]} placeholders={["ppp"]} />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    permission: "subscriber:write",
    params: idParams,
    input: newSubscriberQuery,
    summary: "Form for another connection",
  },
  POST: {
    permission: "subscriber:write",
    params: idParams,
    input: newConnectionForm,
    audit: "subscription.added",
    summary: "Add a connection, or preview its first bill",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const chosen = readInput(ctx.state, newSubscriberQuery);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.new_connection");
    const values = firstValues(moment.tenant, chosen);
    const data = await readPage(ctx.state, async (trx) => {
      const subscriber = found(await findSubscriber(trx, id));
      return { subscriber, view: await loadNewConnection(trx, moment, values, subscriber.name) };
    });
    return page<NewConnectionData>({ ...data, problems: {} });
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id } = readParams(state, idParams);
    const moment = momentOf(state);
    state.title = state.t("subscribers.new_connection");
    const show = async (problems: Record<string, string>, status: number) => {
      const values: ConnectionValues = typedConnection(state);
      const data = await readPage(state, async (trx) => {
        const subscriber = found(await findSubscriber(trx, id));
        return { subscriber, view: await loadNewConnection(trx, moment, values, subscriber.name) };
      });
      return page<NewConnectionData>({ ...data, problems }, { status });
    };
    if (typed(state, "intent") === "preview") return await show({}, 200);
    if (state.inputProblems !== null) return await show(state.inputProblems, 422);
    const { plan, router, ppp, billing, secret, activation, once } = readInput(state, newConnectionForm);
    const { tenantId } = requireSession(state);
    const result = await addConnection(state.services, tenantId, actorOf(state), {
      subscriberId: id,
      planId: plan,
      routerId: router,
      pppName: ppp,
      billingDay: billing,
      once,
      secret,
      activation,
    });
    if (!result.ok) return await show({ [FIELD[result.code]]: refusalText(ctx.state, result) }, 422);
    const { subscriptionId, password, notSent } = result.value;
    if (password === null && notSent === null && secret === "link") {
      return ctx.redirect(`/admin/subscribers/${id}?done=connection_added`, 303);
    }
    const done = notSent === null ? "connection_added" : "not_sent";
    const response = ctx.redirect(
      `/admin/subscribers/${id}/secret?connection=${subscriptionId}&done=${done}`,
      303,
    );
    if (password !== null) {
      response.headers.append("set-cookie", passwordCookie(state, id, { subscriptionId, password }));
    }
    return response;
  },
});
