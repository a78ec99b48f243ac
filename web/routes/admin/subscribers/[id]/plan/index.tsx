import { formatDate } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { may, mustBeAllowed } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Checkbox, RadioCards } from "@/web/components/form/SelectField.tsx";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { planForm, planQuery } from "@/web/route_table/new_subscribers.ts";
import { agreedWords } from "@/web/services/billing/agree_own_price.ts";
import { changePlan, prepaidUntil } from "@/web/services/billing/change_plan.ts";
import { nextCycleOf } from "@/web/services/billing/next_cycle.ts";
import { listOwnPrices, type OwnPriceRow } from "@/web/store/billing/own_prices.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { findConnection } from "../../(_parts)/find_connection.ts";
import { reviewPlanNow } from "@/web/services/billing/review_plan_now.ts";
import { PlanNowEffect } from "../../(_parts)/PlanNowEffect.tsx";

const form = define.form({
  ...connectionPage,
  query: planQuery,
  input: planForm,
  load: async (trx, { params, query, moment, state }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const { connection } = chosen;
    const all = await listPlans(trx, { withArchived: true });
    const plans = all.filter((plan) => plan.archived_at === null && plan.id !== connection.plan_id);
    const picked = plans.find((plan) => plan.id === query.plan) ?? null;
    const isFree = connection.activated_on !== null &&
      await prepaidUntil(trx, connection, moment.today) === null;
    const isToday = query.when === "today" && isFree && mayToday(state);
    const keeps = query.keep === "on";
    return {
      ...chosen,
      /** Else there is nothing to choose: at once, or after the days that are paid up front. */
      isFree,
      isToday,
      /** For today it is chosen before: the effect is worked out by it. */
      keeps,
      /** What a change from today does to what is billed. */
      now: picked !== null && isToday
        ? await reviewPlanNow(trx, moment, connection, { planId: picked.id, keepsOwnPrice: keeps })
        : null,
      /** Plans to choose from: all but the one it has. */
      plans,
      /** The change that waits. */
      next: all.find((plan) => plan.id === connection.next_plan_id) ?? null,
      chosen: picked,
      /** What was agreed for it and still counts or will. */
      own: (await listOwnPrices(trx, [connection.id])).filter(({ last_on: last }) =>
        last === null || Temporal.PlainDate.compare(last, moment.today) >= 0
      ),
      /** First day of a change that is agreed today. */
      effectiveOn: isToday || connection.activated_on === null
        ? moment.today
        : nextCycleOf({ tenant: moment.tenant, business: moment }, connection, connection.activated_on),
    };
  },
  permission: "subscriber:write",
  audit: "subscription.plan_change_planned",
  summary: "Change the plan from the next cycle on",
  refused: "subscribers.nothing_changed",
  title: ({ t }) => t("subscribers.plan_title"),
  lead: ({ loaded: { connection } }) => (
    <>
      {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
    </>
  ),
  labels: { plan: "subscribers.plan", when: "subscribers.plan_from" },
  verb: ({ t }) => t("subscribers.plan_preview"),
  // Choosing is a form of its own: its address shows what the change would do.
  fields: ({ t, state, field, loaded: { plans, chosen, connection, isFree, isToday, own, keeps } }) => (
    <Card title={t("subscribers.plan_choose")}>
      <form class="form" method="get" action={`${subscriberPath({ connection })}/plan`}>
        <HiddenFields values={{ connection: connection.id }} />
        <RadioCards
          {...field("plan")}
          value={chosen?.id}
          options={plans.map((plan) => ({
            value: plan.id,
            label: plan.name,
            note: [formatPeso(centavos(plan.price_centavos)), plan.speed].filter(Boolean).join(" · "),
          }))}
        />
        {isFree && mayToday(state) && (
          <RadioCards
            {...field("when")}
            row
            value={isToday ? "today" : "next"}
            options={[
              {
                value: "next",
                label: t("subscribers.plan_when_next"),
                note: t("subscribers.plan_when_next_note"),
              },
              {
                value: "today",
                label: t("subscribers.plan_when_today"),
                note: t("subscribers.plan_when_today_note"),
              },
            ]}
          />
        )}
        {own.length > 0 && <KeepOwn own={own} checked={keeps} t={t} />}
        <div class="form-actions">
          <Button kind={chosen === null ? "primary" : "default"}>{t("subscribers.plan_preview")}</Button>
          <LinkButton href={subscriberPath({ connection })}>{t("subscribers.back")}</LinkButton>
        </div>
      </form>
    </Card>
  ),
  page: ({ t, state, loaded }, parts) => {
    const { connection, plans, next, chosen, effectiveOn, isToday, now, keeps } = loaded;
    const path = `${subscriberPath({ connection })}/plan`;
    return (
      <>
        {parts.header}
        {parts.summary}
        {next !== null && connection.next_plan_on !== null && (
          <Banner
            tone="info"
            actions={
              <ActionForm
                small
                action={`${path}/cancel`}
                csrfToken={state.csrfToken}
                values={{ connection: connection.id }}
              >
                {t("subscribers.plan_cancel")}
              </ActionForm>
            }
          >
            {t("subscribers.plan_waits", {
              plan: next.name,
              on: formatDate(connection.next_plan_on, t.locale),
            })}
          </Banner>
        )}
        {plans.length > 0 ? parts.fields : (
          <section class="card">
            <EmptyState icon="bill" title={t("subscribers.plan_none")} />
          </section>
        )}
        {now !== null && !maySettle(state, now.netNowCentavos) && (
          <Banner tone="info">{t("subscribers.plan_today_not_yours")}</Banner>
        )}
        {chosen !== null && maySettle(state, now?.netNowCentavos ?? ZERO) && (
          <ConfirmPanel
            title={t("subscribers.plan_question", {
              name: connection.subscriber_name,
              plan: chosen.name,
              on: formatDate(effectiveOn, t.locale),
            })}
            tone="primary"
            effect={effectWords(connection, chosen, t)}
            verb={t("subscribers.plan_verb", { plan: chosen.name })}
            action={path}
            csrfToken={state.csrfToken}
            values={{
              connection: connection.id,
              plan: chosen.id,
              when: isToday ? "today" : "next",
              net: String(now?.netNowCentavos ?? 0n),
              ...(keeps && { keep: "on" }),
            }}
            cancelHref={subscriberPath({ connection })}
          >
            <ChangeFacts connection={connection} chosen={chosen} effectiveOn={effectiveOn} t={t} />
            {now !== null && <PlanNowEffect review={now} today={effectiveOn} />}
            {!isToday && <p class="note">{t("subscribers.plan_note")}</p>}
          </ConfirmPanel>
        )}
      </>
    );
  },
  submit: ({ plan, when, net, keep }, { call, state, loaded }) => {
    if (when === "today") {
      const settled = neededFor(centavos(net));
      if (settled !== null) mustBeAllowed(state, settled);
      else if (!mayToday(state)) mustBeAllowed(state, "charge:post");
    }
    return changePlan(...call, {
      subscriptionId: loaded.connection.id,
      planId: plan,
      keepsOwnPrice: keep === "on",
      today: when === "today" ? { netNowCentavos: centavos(net) } : null,
    });
  },
  done: ({ isImmediate }, { loaded }) =>
    subscriberPath(loaded, isImmediate ? "plan_changed" : "plan_planned"),
});

export default form.page;
export const { handler, route } = form;

/** A change from today asks for money or gives some back at once, by the day on which it is made. */
function mayToday(state: AppState): boolean {
  return may(state, "charge:post") || may(state, "memo:post");
}

/** What else is needed for what is settled now: a debit memo is charged, a credit memo given. */
function neededFor(net: Centavos): "charge:post" | "memo:post" | null {
  if (net === ZERO) return null;
  return net > ZERO ? "charge:post" : "memo:post";
}

function maySettle(state: AppState, net: Centavos): boolean {
  const needed = neededFor(net);
  return needed === null || may(state, needed);
}

/** Whether what was agreed for this connection alone outlives the change. */
function KeepOwn({ own, checked = false, t }: { own: OwnPriceRow[]; checked?: boolean; t: Translate }) {
  return (
    <Checkbox
      name="keep"
      checked={checked}
      label={t("prices.keep", { price: own.map((row) => codedText(t, agreedWords(row))).join("; ") })}
      hint={t("prices.keep_hint")}
    />
  );
}

interface ChangeFactsProps {
  connection: SubscriptionDetail;
  chosen: PlanListRow;
  effectiveOn: Temporal.PlainDate;
  t: Translate;
}

function ChangeFacts({ connection, chosen, effectiveOn, t }: ChangeFactsProps) {
  const before = formatPeso(centavos(connection.price_centavos));
  const profile = (name: string | null) => name ?? t("subscribers.plan_profile_same");
  return (
    <FactList
      facts={[
        {
          label: t("subscribers.plan_price"),
          value: `${before} → ${formatPeso(centavos(chosen.price_centavos))}`,
        },
        { label: t("subscribers.plan_from"), value: formatDate(effectiveOn, t.locale) },
        {
          label: t("subscribers.plan_profile"),
          value: (
            <CodeText>
              {profile(connection.ppp_profile)} → {profile(chosen.ppp_profile)}
            </CodeText>
          ),
        },
      ]}
    />
  );
}

function effectWords(connection: SubscriptionDetail, chosen: PlanListRow, t: Translate): string {
  const difference = chosen.price_centavos - connection.price_centavos;
  if (difference === 0n) return t("subscribers.plan_same_price");
  const amount = formatPeso(centavos(difference < 0n ? -difference : difference));
  return t(difference > 0n ? "subscribers.plan_dearer" : "subscribers.plan_cheaper", { amount });
}
