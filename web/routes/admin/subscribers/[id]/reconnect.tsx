import { actorText } from "@/web/app/words/actor_words.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { REASONS_BY_HAND, shortDay } from "@/web/app/words/page_words.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { reconnectForm } from "@/web/route_table/subscribers.ts";
import { resumeSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import type { BlockReasonRow } from "@/web/store/cuts/block_reasons.ts";
import { connectionPage, subscriberPath } from "../(_parts)/about_connection.ts";

const form = define.form({
  ...connectionPage,
  input: reconnectForm,
  permission: "subscription:suspend",
  audit: "subscription.resumed",
  summary: "Take away a reason that was set by hand",
  title: ({ t }) => t("subscribers.reconnect"),
  verb: ({ t }) => t("subscribers.reconnect"),
  labels: { reason: "tables.reason" },
  // Each reason is a question of its own.
  fields: ({ t, state, loaded: { connection, reasons }, moment }) =>
    reasons.filter(({ reason }) => REASONS_BY_HAND.includes(reason)).map((row) => (
      <ConfirmPanel
        title={t("subscribers.reconnect_question", { name: connection.subscriber_name })}
        tone="primary"
        effect={
          <>
            {effectOf(t, row, reasons)} <CodeText>{connection.ppp_name}</CodeText>{" "}
            {t("subscribers.on_router_named", { router: connection.router_name })}
          </>
        }
        verb={reasons.length > 1
          ? t("subscribers.take_away", { reason: t(`words.reason_${row.reason}`).toLowerCase() })
          : t("subscribers.reconnect")}
        action={`${subscriberPath({ connection })}/reconnect`}
        csrfToken={state.csrfToken}
        values={{ connection: connection.id, reason: row.reason }}
        cancelHref={subscriberPath({ connection })}
      >
        <p>
          {t("subscribers.reason_line", {
            reason: t(`words.reason_${row.reason}`),
            day: shortDay(row.added_on, moment.today, t.locale),
            by: actorText(t, row.added_by),
          })}
          {row.note === null ? "" : `: ${storedText(t, row.note)}`}
        </p>
      </ConfirmPanel>
    )),
  page: ({ t, loaded: { connection, reasons } }, parts) => (
    <>
      {parts.header}
      {parts.summary}
      {reasons.some(({ reason }) => REASONS_BY_HAND.includes(reason)) ? parts.fields : (
        <section class="card">
          <EmptyState
            icon="plug"
            title={t("subscribers.nothing_away")}
            actions={<LinkButton href={subscriberPath({ connection })}>{t("states.go_back")}</LinkButton>}
          >
            {reasons.length > 0 ? t("subscribers.off_nonpayment") : t("subscribers.nobody_off")}
          </EmptyState>
        </section>
      )}
    </>
  ),
  submit: ({ reason }, { call, loaded }) =>
    resumeSubscription(...call, { subscriptionId: loaded.connection.id, reason }),
  done: (_value, { loaded }) =>
    subscriberPath(loaded, loaded.reasons.length === 1 ? "reconnected" : "reason_removed"),
  undo: (_value, { loaded }) => loaded.connection.id,
});

export default form.page;
export const { handler, route } = form;

function effectOf(t: Translate, row: BlockReasonRow, reasons: readonly BlockReasonRow[]): string {
  const others = reasons.filter((other) => other !== row);
  if (others.length === 0) return t("subscribers.goes_on");
  return t("subscribers.stays_off_for", {
    reasons: others.map(({ reason }) => t(`words.reason_${reason}`).toLowerCase()).join(", "),
  });
}
