import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { Columns } from "@/web/components/Layout.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import FormPreview from "@/web/islands/FormPreview.tsx";
import { newSubscriberForm, newSubscriberQuery } from "@/web/route_table/new_subscribers.ts";
import { addSubscriber, type AddSubscriberCode } from "@/web/services/subscribers/add_subscriber.ts";
import { actorOf, momentOf, readPage, typed } from "@/web/app/page_context.ts";
import { ConnectionFields } from "./(_parts)/ConnectionFields.tsx";
import { DuplicatesPart, PppWarnings } from "./(_parts)/DuplicatesPart.tsx";
import { FirstBillCard } from "./(_parts)/FirstBillCard.tsx";
import {
  firstValues,
  loadNewSubscriber,
  type NewSubscriberView,
  typedConnection,
  typedPerson,
} from "./(_parts)/load_new.ts";
import { PersonFields } from "./(_parts)/PersonFields.tsx";
import { passwordCookie } from "./(_parts)/secret_cookie.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface NewData {
  view: NewSubscriberView;
  problems: Record<string, string>;
}

const PATH = "/admin/subscribers/new";
const NO_PERSON = { name: "", phone: "", email: "", address: "", barangay: "", city: "", notes: "" };

/** Field that each refusal is shown at. */
const FIELD: Record<AddSubscriberCode, string> = {
  name_required: "name",
  email_not_understood: "email",
  text_too_long: "",
  subscriber_not_found: "",
  plan_not_found: "plan",
  router_not_found: "router",
  ppp_name_invalid: "ppp",
  ppp_name_taken: "ppp",
  duplicate: "accept",
};

export default define.page<typeof handler>(function NewSubscriberPage({ data, state }) {
  const { view, problems } = data;
  const { t } = state;
  return (
    <>
      <PageHeader
        title={t("subscribers.new_title")}
        back={{ href: "/admin/subscribers", label: t("subscribers.title") }}
      />
      <form id="new-subscriber" method="post" action={PATH}>
        <Csrf token={state.csrfToken} />
        <Columns
          main={
            <>
              <ErrorSummary errors={problems} />
              <Card title={t("subscribers.person")}>
                <div class="form">
                  <PersonFields
                    values={view.person}
                    problems={problems}
                    places={view.places}
                    autofocus={Object.keys(problems).length === 0}
                  />
                  <div id="duplicates" aria-live="polite">
                    <DuplicatesPart duplicates={view.duplicates} canAccept error={problems.accept} />
                  </div>
                </div>
              </Card>
              <Card title={t("subscribers.connection")}>
                <div class="form">
                  <ConnectionFields view={view} problems={problems} />
                  <div id="ppp-warnings" class="stack" aria-live="polite">
                    <PppWarnings view={view} />
                  </div>
                  <div class="form-actions">
                    <Button kind="primary" name="intent" value="save">{t("subscribers.add")}</Button>
                    <Button name="intent" value="preview" noValidate>{t("subscribers.preview")}</Button>
                    <LinkButton kind="quiet" href="/admin/subscribers">{t("subscribers.back")}</LinkButton>
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
      <FormPreview
        form="new-subscriber"
        regions={["first-bill", "duplicates", "ppp-warnings"]}
        placeholders={["ppp"]}
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    permission: "subscriber:write",
    input: newSubscriberQuery,
    summary: "Form for a new subscriber",
  },
  POST: {
    permission: "subscriber:write",
    input: newSubscriberForm,
    audit: "subscriber.added",
    summary: "Add a subscriber with a connection, or preview the first bill",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const chosen = readInput(ctx.state, newSubscriberQuery);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.new_title");
    const values = firstValues(moment.tenant, chosen);
    const view = await readPage(ctx.state, (trx) => loadNewSubscriber(trx, moment, NO_PERSON, values));
    return page<NewData>({ view, problems: {} });
  },
  async POST(ctx) {
    const { state } = ctx;
    const moment = momentOf(state);
    state.title = state.t("subscribers.new_title");
    const show = async (problems: Record<string, string>, status: number) => {
      const view = await readPage(
        state,
        (trx) => loadNewSubscriber(trx, moment, typedPerson(state), typedConnection(state)),
      );
      return page<NewData>({ view, problems }, { status });
    };
    if (typed(state, "intent") === "preview") return await show({}, 200);
    if (state.inputProblems !== null) return await show(state.inputProblems, 422);
    const { plan, router, ppp, billing, once, accept, intent: _intent, ...rest } = readInput(
      state,
      newSubscriberForm,
    );
    const { tenantId } = requireSession(state);
    const result = await addSubscriber(state.services, tenantId, actorOf(state), {
      ...rest,
      planId: plan,
      routerId: router,
      pppName: ppp,
      billingDay: billing,
      once,
      isDuplicateAccepted: accept === "on",
    });
    if (!result.ok) return await show({ [FIELD[result.code]]: refusalText(ctx.state, result) }, 422);
    const { subscriberId, subscriptionId, password, notSent } = result.value;
    if (password === null && notSent === null && rest.secret === "link") {
      return ctx.redirect(`/admin/subscribers/${subscriberId}?done=added`, 303);
    }
    const done = notSent === null ? "added" : "not_sent";
    const response = ctx.redirect(
      `/admin/subscribers/${subscriberId}/secret?connection=${subscriptionId}&done=${done}`,
      303,
    );
    if (password !== null) {
      response.headers.append(
        "set-cookie",
        passwordCookie(state, subscriberId, { subscriptionId, password }),
      );
    }
    return response;
  },
});
