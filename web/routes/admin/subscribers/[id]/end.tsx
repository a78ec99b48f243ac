import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { END_DAYS_BACK_MAX } from "@/web/domain/billing/limits.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { endForm, endQuery } from "@/web/route_table/new_subscribers.ts";
import { type EndReview, reviewEnd } from "@/web/services/billing/review_end.ts";
import { endConnection } from "@/web/services/subscribers/end_connection.ts";
import { connectionPage, subscriberPath } from "../(_parts)/about_connection.ts";
import { findConnection } from "../(_parts)/find_connection.ts";

const form = define.form({
  ...connectionPage,
  query: endQuery,
  input: endForm,
  load: async (trx, { params, query, moment }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const input = { lastDay: query.last ?? moment.today, unused: query.unused ?? "credit" };
    const review = query.last === undefined ? null : await reviewEnd(trx, moment, chosen.connection, input);
    return { ...chosen, input, review };
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
  labels: { last: "subscribers.end_last", unused: "subscribers.end_unused" },
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
          max={today}
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
  page: ({ t, state, loaded: { connection, input, review } }, parts) => (
    <>
      {parts.header}
      {parts.summary}
      {parts.fields}
      {review !== null && !review.ok && <Banner tone="bad">{codedText(t, review)}</Banner>}
      {review?.ok && (
        <ConfirmPanel
          title={t("subscribers.end_question", {
            name: connection.ppp_name,
            last: formatDate(input.lastDay, t.locale),
          })}
          tone="danger"
          effect={effectWords(review.value, t)}
          verb={t("subscribers.end_verb")}
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
          <p class="note">{t("subscribers.end_note", { router: connection.router_name })}</p>
        </ConfirmPanel>
      )}
    </>
  ),
  submit: ({ last, unused, net }, { call, loaded }) =>
    endConnection(...call, {
      subscriptionId: loaded.connection.id,
      lastDay: last,
      unused,
      netCentavos: centavos(net),
    }),
  done: (_value, { loaded }) => subscriberPath(loaded, "ended"),
});

export default form.page;
export const { handler, route } = form;

/** What it comes to in the end: something to pay, something to pay back, or nothing. */
function effectWords({ owedCentavos, refundableCentavos }: EndReview, t: Translate): string {
  if (owedCentavos > ZERO) return t("subscribers.end_owed", { amount: formatPeso(owedCentavos) });
  if (refundableCentavos > ZERO) {
    return t("subscribers.end_refundable", { amount: formatPeso(refundableCentavos) });
  }
  return t("subscribers.end_even");
}

function EndFacts({ review, t }: { review: EndReview; t: Translate }) {
  const money = (amount: EndReview["billCentavos"]) => <Money amount={amount} />;
  return (
    <FactList
      wide
      facts={[
        ...review.lines.map((line) => ({
          label: codedText(t, line.description),
          value: money(line.amountCentavos),
        })),
        ...(review.lockInFeeCentavos > ZERO
          ? [{ label: t("subscribers.end_lock_in"), value: money(review.lockInFeeCentavos) }]
          : []),
        { label: t("subscribers.end_bill"), value: money(review.billCentavos) },
        ...review.suspendedBack.map((line) => ({
          label: codedText(t, line.description),
          value: money(line.amountCentavos),
        })),
        ...(review.unusedCentavos > ZERO
          ? [{
            label: t(review.creditCentavos > ZERO ? "subscribers.end_credited" : "subscribers.end_given_up"),
            value: money(review.unusedCentavos),
          }]
          : []),
      ]}
    />
  );
}
