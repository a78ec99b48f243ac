import { coverageOn } from "@/web/domain/billing/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import type { Fact } from "@/web/components/facts/FactList.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { toCoverage } from "@/web/store/billing/coverage.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import { may, type PageMoment } from "@/web/app/frame/page_context.ts";
import type { ConnectionView } from "./load_subscriber.ts";

/** How long it is paid for, and whether it renews itself. */
export function prepaidFacts(
  { connection }: Pick<ConnectionView, "connection">,
  { today }: Pick<PageMoment, "today">,
  state: AppState,
): Fact[] {
  const { t } = state;
  return [
    {
      label: t("prepaid.card"),
      value: connection.first_purchase === null ? validity(connection, today, t) : t("prepaid.card_waits"),
      strong: true,
    },
    ...(isBoughtBefore(connection, today)
      ? [{ label: t("prepaid.from_where"), value: t("prepaid.from_before") }]
      : []),
    renewalFact(connection, state),
  ];
}

/** Whether it buys again from credit when its days end, and the way to change that. */
function renewalFact(
  { id, subscriber_id: subscriberId, renews_itself: renews, status }: ConnectionView["connection"],
  state: AppState,
): Fact {
  const { t, csrfToken } = state;
  return {
    label: t("prepaid.renewal"),
    value: (
      <span class="cluster">
        {t(renews ? "prepaid.renewal_yes" : "prepaid.renewal_no")}
        {may(state, "subscriber:write") && status !== "cancelled" && (
          <ActionForm
            small
            action={`/admin/subscribers/${subscriberId}/renewal`}
            csrfToken={csrfToken}
            values={{ connection: id, renews: renews ? "no" : "yes" }}
          >
            {t(renews ? "prepaid.renewal_switch_off" : "prepaid.renewal_switch_on")}
          </ActionForm>
        )}
      </span>
    ),
  };
}

/** That it will be paid up front from a day on, the way to cancel it, and whether that day buys from credit. */
export function plannedModeFacts(
  { connection }: Pick<ConnectionView, "connection">,
  { today }: Pick<PageMoment, "today">,
  state: AppState,
): Fact[] {
  const { t, csrfToken } = state;
  const { id, subscriber_id: subscriberId, prepaid_from: from } = connection;
  if (from === null) return [];
  return [{
    label: t("prepaid.mode_planned"),
    value: (
      <span class="cluster">
        {shortDay(from, today, t.locale)}
        {may(state, "subscriber:write") && (
          <ActionForm
            small
            action={`/admin/subscribers/${subscriberId}/mode/cancel`}
            csrfToken={csrfToken}
            values={{ connection: id }}
          >
            {t("prepaid.mode_cancel")}
          </ActionForm>
        )}
      </span>
    ),
  }, renewalFact(connection, state)];
}

/** That its service ends with a day, or that somebody asked for it, and what may be done about it. */
export function plannedEndFacts(
  { connection }: Pick<ConnectionView, "connection">,
  { today }: Pick<PageMoment, "today">,
  state: AppState,
): Fact[] {
  const { t, csrfToken } = state;
  const { id, subscriber_id: subscriberId, ends_after: ends, end_asked_for: asked } = connection;
  const last = ends ?? asked;
  if (last === null) return [];
  const path = `/admin/subscribers/${subscriberId}/end`;
  return [{
    label: t(asked === null ? "subscribers.ends_after" : "subscribers.end_asked_for"),
    value: (
      <span class="cluster">
        {shortDay(last, today, t.locale)}
        {asked !== null && may(state, "approval:read") && (
          <LinkButton small href={`/admin/approvals?view=all&subscriber=${subscriberId}`}>
            {t("approvals.open")}
          </LinkButton>
        )}
        {asked === null && may(state, "bill:void") && (
          <ActionForm small action={`${path}/take-back`} csrfToken={csrfToken} values={{ connection: id }}>
            {t("subscribers.end_take_back")}
          </ActionForm>
        )}
      </span>
    ),
    strong: true,
  }];
}

/** That somebody else gets it on a day, and the way to cancel it. */
export function plannedPayerFacts(
  { connection: { id, subscriber_id: subscriberId, payer_next: next } }: Pick<ConnectionView, "connection">,
  { today }: Pick<PageMoment, "today">,
  state: AppState,
): Fact[] {
  const { t, csrfToken } = state;
  if (next === null) return [];
  const on = shortDay(Temporal.PlainDate.from(next.on), today, t.locale);
  return [{
    label: t("payers.planned"),
    value: (
      <span class="cluster">
        {t("payers.planned_to", { name: next.name, on })}
        {may(state, "subscriber:write") && (
          <ActionForm
            small
            action={`/admin/subscribers/${subscriberId}/payer/cancel`}
            csrfToken={csrfToken}
            values={{ connection: id }}
          >
            {t("payers.cancel")}
          </ActionForm>
        )}
      </span>
    ),
  }];
}

function validity(
  { coverage }: Pick<ConnectionView["connection"], "coverage">,
  today: Temporal.PlainDate,
  t: Translate,
): string {
  const { isCovered, until } = coverageOn(toCoverage(coverage ?? []), today);
  if (until === null) return t("prepaid.card_none");
  const last = until.subtract({ days: 1 });
  const day = shortDay(last, today, t.locale);
  if (!isCovered) return t("prepaid.card_expired", { until: day });
  return t("prepaid.card_valid", { until: day, n: today.until(last, { largestUnit: "days" }).days });
}

/** Whether the days that run, or ran last, were bought before the company came to Linya. */
function isBoughtBefore(
  { coverage }: Pick<ConnectionView["connection"], "coverage">,
  today: Temporal.PlainDate,
): boolean {
  const begun = (coverage ?? []).filter(({ start }) =>
    Temporal.PlainDate.compare(Temporal.PlainDate.from(start), today) <= 0
  );
  return begun.at(-1)?.why === "bought_before";
}
