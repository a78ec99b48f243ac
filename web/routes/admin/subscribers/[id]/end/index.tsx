import { formatDate } from "@/shared/calendar/mod.ts";
import { END_REASONS } from "@/shared/codes/kinds.ts";
import { ok, type Result } from "@/shared/result.ts";
import { actorOf, may } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/form/Button.tsx";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { RadioCards, SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import type { ApprovalWay } from "@/web/domain/approvals/mod.ts";
import { END_DAYS_AHEAD_MAX, END_DAYS_BACK_MAX } from "@/web/domain/billing/limits.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { endForm, endQuery } from "@/web/route_table/new_subscribers.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { type AskCode, askOrRun, findWay } from "@/web/services/approvals/ask_or_run.ts";
import { previewFor } from "@/web/services/approvals/kind.ts";
import { type CodeOf, kindOf } from "@/web/services/approvals/registry.ts";
import { findOpenByKey } from "@/web/store/approvals/requests.ts";
import { findOpenEnd, type ServiceEndRow } from "@/web/store/subscribers/service_ends.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { effectWords, EndFacts } from "../../(_parts)/end_facts.tsx";
import { findConnection } from "../../(_parts)/find_connection.ts";

const form = define.form({
  ...connectionPage,
  query: endQuery,
  input: endForm,
  load: async (trx, { params, query, moment, state }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const { id } = chosen.connection;
    const input = { lastDay: query.last ?? moment.today, unused: query.unused ?? moment.tenant.end_credit };
    const review = query.last === undefined ? null : await reviewEnd(trx, moment, chosen.connection, input);
    const look = { trx, ...moment };
    const preview = review?.ok
      ? await previewFor(look, kindOf("service_end"), { ...input, subscriptionId: id })
      : null;
    const way = preview?.ok ? await findWay(look, actorOf(state), "service_end", preview.value) : "run";
    const seen = preview?.ok ? preview.value.seen : "";
    const isToCome = Temporal.PlainDate.compare(input.lastDay, moment.today) > 0;
    const request = await findOpenByKey(trx, `service_end:${id}`);
    const waiting = await findOpenEnd(trx, id);
    return { ...chosen, input, review, way, seen, isToCome, request, waiting, moment };
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
    why: "subscribers.end_why",
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
    const { t, state, loaded } = view;
    const { connection, input, review, waiting } = loaded;
    const way = wordOf(loaded);
    const waits = waiting === null ? null : (
      <WaitingEnd
        connection={connection}
        waiting={waiting}
        requestId={loaded.request?.id ?? null}
        state={state}
        t={t}
      />
    );
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
              seen: loaded.seen,
            }}
            cancelHref={subscriberPath({ connection })}
          >
            <EndFacts review={review.value} t={t} />
            <SelectField
              {...view.field("why")}
              prompt={t("subscribers.end_why_none")}
              options={END_REASONS.map((value) => ({ value, label: t(`subscribers.end_why_${value}`) }))}
            />
            {loaded.way !== "run" && <TextField {...view.field("reason")} required />}
            <p class="note">{t(`subscribers.end_note${way}`, { router: connection.router_name })}</p>
          </ConfirmPanel>
        )}
      </>
    );
  },
  submit: async ({ last, unused, why, seen, reason }, { call, loaded }): Promise<EndResult> => {
    const { connection, moment } = loaded;
    const input = {
      subscriptionId: connection.id,
      lastDay: last,
      unused: unused ?? moment.tenant.end_credit,
      why,
    };
    const result = await askOrRun(...call, { kind: "service_end", input, reason, seen });
    if (!result.ok) return result;
    const { value: done } = result;
    if (done.outcome !== "done") return ok(done.outcome === "asked" ? "end_asked" : "end_cooling");
    return ok(done.value === null ? "end_planned" : "ended");
  },
  done: (done, { loaded }) => subscriberPath(loaded, done),
  undo: (_done, { loaded }) => loaded.connection.id,
});

export default form.page;
export const { handler, route } = form;

type EndResult = Result<
  "ended" | "end_asked" | "end_cooling" | "end_planned",
  AskCode | CodeOf<"service_end">
>;

/** How this person ends a service with a day, as the messages name it. */
function wordOf(
  { way, isToCome }: { way: ApprovalWay; isToCome: boolean },
): "" | "_plan" | "_ask" | "_cooling" {
  if (way === "ask") return "_ask";
  if (way === "own_cooling_off") return "_cooling";
  return isToCome ? "_plan" : "";
}

interface WaitingEndProps {
  connection: SubscriptionDetail;
  waiting: ServiceEndRow;
  /** The request that waits for an approval. */
  requestId: string | null;
  state: AppState;
  t: Translate;
}

/** An end is on its way already: what it is, and what may be done about it. */
function WaitingEnd({ connection, waiting, requestId, state, t }: WaitingEndProps) {
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
        {requestId !== null && may(state, "approval:read") && (
          <LinkButton kind="primary" href={`/admin/approvals/${requestId}`}>
            {t("approvals.open")}
          </LinkButton>
        )}
        {!isAsked && (
          <ActionForm
            action={`${path}/take-back`}
            csrfToken={state.csrfToken}
            values={{ connection: connection.id }}
          >
            {t("subscribers.end_take_back")}
          </ActionForm>
        )}
        <LinkButton href={subscriberPath({ connection })}>{t("subscribers.back")}</LinkButton>
      </div>
    </Card>
  );
}
