import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/form/Button.tsx";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { END_DAYS_AHEAD_MAX, END_DAYS_BACK_MAX } from "@/web/domain/billing/limits.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { endForm, endQuery } from "@/web/route_table/new_subscribers.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { endConnection, type EndConnectionCode } from "@/web/services/subscribers/end_connection.ts";
import { askEnd, planEnd, type PlanEndCode } from "@/web/services/subscribers/plan_end.ts";
import { findOpenEnd, type ServiceEndRow } from "@/web/store/subscribers/service_ends.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { effectWords, EndFacts } from "../../(_parts)/end_facts.tsx";
import { findConnection } from "../../(_parts)/find_connection.ts";

const form = define.form({
  ...connectionPage,
  query: endQuery,
  input: endForm,
  load: async (trx, { params, query, moment }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const input = { lastDay: query.last ?? moment.today, unused: query.unused ?? moment.tenant.end_credit };
    const review = query.last === undefined ? null : await reviewEnd(trx, moment, chosen.connection, input);
    return { ...chosen, input, review, waiting: await findOpenEnd(trx, chosen.connection.id), moment };
  },
  permission: "bill:void",
  audit: "subscription.ended",
  summary: "End the service of a connection with its last bill",
  refused: "subscribers.nothing_changed",
  title: ({ t }) => t("subscribers.end_title"),
  lead: ({ loaded: { connection } }) => (
    <>
      {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
    </>
  ),
  labels: {
    last: "subscribers.end_last",
    unused: "subscribers.end_unused",
    reason: "subscribers.end_reason",
  },
  verb: ({ t }) => t("subscribers.end_preview"),
  // Choosing is a form of its own: its address shows what the end would do.
  fields: ({ t, field, moment: { today }, loaded: { connection, input, review } }) => (
    <Card title={t("subscribers.end_when")}>
      <form class="form" method="get" action={`${subscriberPath({ connection })}/end`}>
        <HiddenFields values={{ connection: connection.id }} />
        <DateField
          {...field("last")}
          value={input.lastDay}
          min={today.subtract({ days: END_DAYS_BACK_MAX })}
          max={today.add({ days: END_DAYS_AHEAD_MAX })}
          hint={t("subscribers.end_last_hint")}
        />
        <RadioCards
          {...field("unused")}
          row
          value={input.unused}
          options={[
            {
              value: "credit",
              label: t("subscribers.end_credit"),
              note: t("subscribers.end_credit_note"),
            },
            {
              value: "no_credit",
              label: t("subscribers.end_no_credit"),
              note: t("subscribers.end_no_credit_note"),
            },
          ]}
        />
        <div class="form-actions">
          <Button kind={review?.ok ? "default" : "primary"}>{t("subscribers.end_preview")}</Button>
          <LinkButton href={subscriberPath({ connection })}>{t("subscribers.back")}</LinkButton>
        </div>
      </form>
    </Card>
  ),
  page: (view, parts) => {
    const { t, state, moment, loaded: { connection, input, review, waiting } } = view;
    const way = wayOf(state, moment, input.lastDay);
    const waits = waiting === null
      ? null
      : <WaitingEnd connection={connection} waiting={waiting} state={state} t={t} />;
    return (
      <>
        {parts.header}
        {parts.summary}
        {waits ?? parts.fields}
        {waiting === null && review !== null && !review.ok && (
          <Banner tone="bad">{codedText(t, review)}</Banner>
        )}
        {waiting === null && review?.ok && (
          <ConfirmPanel
            title={t(`subscribers.end_question${way}`, {
              name: connection.ppp_name,
              last: formatDate(input.lastDay, t.locale),
            })}
            tone={way === "" ? "danger" : "primary"}
            effect={effectWords(review.value, t)}
            verb={t(`subscribers.end_verb${way}`)}
            action={`${subscriberPath({ connection })}/end`}
            csrfToken={state.csrfToken}
            values={{
              connection: connection.id,
              last: input.lastDay.toString(),
              unused: input.unused,
              net: String(review.value.netCentavos),
            }}
            cancelHref={subscriberPath({ connection })}
          >
            <EndFacts review={review.value} t={t} />
            {way === "_ask" && <TextField {...view.field("reason")} required />}
            <p class="note">{t(`subscribers.end_note${way}`, { router: connection.router_name })}</p>
          </ConfirmPanel>
        )}
      </>
    );
  },
  submit: async ({ last, unused, net, reason }, { call, state, loaded }): Promise<EndResult> => {
    const { connection, moment } = loaded;
    const request = {
      subscriptionId: connection.id,
      lastDay: last,
      unused: unused ?? moment.tenant.end_credit,
    };
    const way = wayOf(state, moment, last);
    if (way === "_ask") return said(await askEnd(...call, { ...request, reason }), "end_asked");
    if (way === "_plan") return said(await planEnd(...call, request), "end_planned");
    return said(await endConnection(...call, { ...request, netCentavos: centavos(net) }), "ended");
  },
  done: (done, { loaded }) => subscriberPath(loaded, done),
  undo: (_done, { loaded }) => loaded.connection.id,
});

export default form.page;
export const { handler, route } = form;

type EndResult = Result<"ended" | "end_asked" | "end_planned", EndConnectionCode | PlanEndCode>;

function said(
  result: Result<unknown, EndConnectionCode | PlanEndCode>,
  done: "ended" | "end_asked" | "end_planned",
): EndResult {
  return result.ok ? ok(done) : result;
}

/** How this person ends a service with a day: it ends now, is planned, or somebody is asked. */
function wayOf(
  state: AppState,
  { tenant, today }: Pick<PageMoment, "tenant" | "today">,
  last: Temporal.PlainDate,
): "" | "_plan" | "_ask" {
  if (tenant.end_approval === "on" && !may(state, "service_end:approve")) return "_ask";
  return Temporal.PlainDate.compare(last, today) > 0 ? "_plan" : "";
}

interface WaitingEndProps {
  connection: SubscriptionDetail;
  waiting: ServiceEndRow;
  state: AppState;
  t: Translate;
}

/** An end is on its way already: what it is, and what may be done about it. */
function WaitingEnd({ connection, waiting, state, t }: WaitingEndProps) {
  const path = `${subscriberPath({ connection })}/end`;
  const isAsked = waiting.state === "asked";
  return (
    <Card title={t("subscribers.end_waits_title")}>
      <p>
        {t(isAsked ? "subscribers.end_waits_asked" : "subscribers.end_waits_planned", {
          last: formatDate(waiting.last_on, t.locale),
          by: actorText(t, waiting.asked_by),
          reason: waiting.reason ?? "",
        })}
      </p>
      <div class="form-actions">
        {isAsked && may(state, "service_end:approve") && (
          <LinkButton kind="primary" href={`${path}/decide?connection=${connection.id}`}>
            {t("subscribers.end_decide")}
          </LinkButton>
        )}
        <ActionForm
          action={`${path}/take-back`}
          csrfToken={state.csrfToken}
          values={{ connection: connection.id }}
        >
          {t("subscribers.end_take_back")}
        </ActionForm>
        <LinkButton href={subscriberPath({ connection })}>{t("subscribers.back")}</LinkButton>
      </div>
    </Card>
  );
}
