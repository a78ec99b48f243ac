import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { ok } from "@/shared/result.ts";
import { readableText } from "@/shared/text/mod.ts";
import { withAbout } from "@/web/app/frame/about.ts";
import { address, found, momentOf } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { PLAN_PRICE_DAYS_AHEAD_MAX } from "@/web/domain/billing/limits.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { planEditForm, planEditQuery } from "@/web/route_table/prices.ts";
import type { RulesInEffect } from "@/web/domain/billing/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { rulesOf } from "@/web/services/billing/rule_levels.ts";
import { sayRule } from "../../(_rules)/rule_fields.tsx";
import { checkPriceDay, planVersion, updatePlan } from "@/web/services/billing/save_plan.ts";
import { listWaitingPlanPrices } from "@/web/store/billing/plan_prices.ts";
import { findOfferedPlan, type PlanListRow } from "@/web/store/billing/plans.ts";
import { planFields, planForm, planOf } from "../(_parts)/plan_form.tsx";

const form = define.form({
  params: idParams,
  query: planEditQuery,
  input: planEditForm,
  load: async (trx, { params, query, moment }) => {
    const plan = found(await findOfferedPlan(trx, params.id));
    return { ...plan, typed: query, waiting: await listWaitingPlanPrices(trx, plan.id, moment.today) };
  },
  permission: "plan:write",
  audit: "plan.updated",
  summary: "Change a plan",
  title: ({ t, loaded: plan }) => t("plans.edit_title", { name: plan.name }),
  back: ({ t }) => ({ href: "/admin/plans", label: t("tables.list_plans") }),
  lead: ({ t, loaded: plan }) =>
    plan.subscriptions === 0 ? t("plans.unused") : t("plans.in_use", { n: plan.subscriptions }),
  actions: ({ t, loaded: plan }) => (
    <>
      <LinkButton href={`/admin/plans/${plan.id}/rules`}>{t("plans.rules")}</LinkButton>
      <LinkButton href={`/admin/plans/${plan.id}/prepaid`}>{t("prepaid.units")}</LinkButton>
      <LinkButton href={`/admin/plans/${plan.id}/archive`} dialog>{t("plans.archive_link")}</LinkButton>
    </>
  ),
  labels: { ...planForm.labels, from: "prices.from", on: "prices.on" },
  // Whoever comes back from the review finds what they had typed.
  values: ({ typed, ...plan }) => ({
    ...rowValues(plan),
    ...(typed.name !== undefined && { name: typed.name }),
    ...(typed.price !== undefined && { price: formatCentavosPlain(typed.price) }),
    ...(typed.profile !== undefined && { profile: typed.profile }),
    ...(typed.speed !== undefined && { speed: typed.speed }),
    from: typed.from ?? "next",
    on: typed.on?.toString() ?? "",
  }),
  edits: {
    subject: (plan) => plan.id,
    version: planVersion,
    row: (plan) => ({ ...rowValues(plan), from: "next", on: "" }),
  },
  fields: (view) =>
    planFields(
      view,
      view.loaded.subscriptions,
      <>
        <RadioCards
          {...view.field("from")}
          row
          options={[
            { value: "next", label: view.t("prices.from_next"), note: view.t("prices.from_next_note") },
            { value: "day", label: view.t("prices.from_day"), note: view.t("prices.from_day_note") },
          ]}
        />
        <DateField
          {...view.field("on")}
          required={false}
          isConditional
          min={view.moment.today}
          max={view.moment.today.add({ days: PLAN_PRICE_DAYS_AHEAD_MAX })}
          hint={view.t("prices.on_hint")}
        />
      </>,
    ),
  verb: ({ t }) => t("plans.save"),
  page: ({ t, state, moment: { tenant }, loaded: plan }, parts) => (
    <>
      {parts.header}
      <Flash done={plan.typed.done} messages={{ price_taken_back: t("prices.done_taken_back") }} />
      <Card>
        <div class="stack">
          {parts.form}
          <p class="note">{rulesNow(t, rulesOf(tenant, plan))}</p>
        </div>
      </Card>
      {plan.waiting.length > 0 && (
        <Card title={t("prices.waiting")}>
          <FactList
            wide
            facts={plan.waiting.map((price) => ({
              label: t("prices.from_on", { on: formatDate(price.from_on, t.locale) }),
              value: (
                <span class="cluster">
                  <Money amount={centavos(price.price_centavos)} />
                  <span class="note">
                    {t("prices.agreed_by", {
                      on: formatDate(price.agreed_on, t.locale),
                      by: price.agreed_by,
                    })}
                  </span>
                  <ActionForm
                    small
                    action={`/admin/plans/${plan.id}/take-back-price`}
                    csrfToken={state.csrfToken}
                    values={{ price: price.id }}
                  >
                    {t("prices.take_back")}
                  </ActionForm>
                </span>
              ),
            }))}
          />
          <p class="note">{t("prices.waiting_note")}</p>
        </Card>
      )}
    </>
  ),
  submit: async (input, { call, loaded: plan, seen, state }) => {
    const isNewPrice = input.price !== plan.price_centavos || input.from === "day";
    const priceFromOn = isNewPrice && input.from === "day" ? input.on : null;
    if (!isNewPrice || plan.subscriptions === 0) {
      const saved = await updatePlan(...call, { planId: plan.id, seen, ...planOf(input), priceFromOn });
      if (saved.ok) return ok(null);
      // What needs an approval is asked for where its effect is shown.
      return saved.code === "approval_needed" ? ok(reviewHref(plan, input)) : saved;
    }
    const day = checkPriceDay(priceFromOn, momentOf(state).today);
    // Nothing is saved before its effect was seen.
    return day.ok ? ok(reviewHref(plan, input)) : day;
  },
  at: planForm.at,
  done: (review, { loaded: plan }) => review ?? withAbout("/admin/plans?done=saved", plan.id),
});

export default form.page;
export const { handler, route } = form;

function rowValues(plan: Pick<PlanListRow, "name" | "price_centavos" | "ppp_profile" | "speed">) {
  return {
    name: plan.name,
    price: formatCentavosPlain(centavos(plan.price_centavos)),
    profile: readableText(plan.ppp_profile ?? ""),
    speed: plan.speed ?? "",
  };
}

/** Days to pay and grace, each with where it comes from. */
function rulesNow(t: Translate, { termsDays, graceDays }: RulesInEffect): string {
  return t("plans.rules_now", {
    terms: sayRule(t, "termsDays", termsDays),
    grace: sayRule(t, "graceDays", graceDays),
  });
}

/** The page that shows what a new price does; its address holds the plan as it was typed. */
function reviewHref(plan: PlanListRow, input: ReturnType<typeof planEditForm.parse>): string {
  return address(`/admin/plans/${plan.id}/price`, {
    name: input.name,
    price: formatCentavosPlain(input.price),
    profile: input.profile ?? undefined,
    speed: input.speed ?? undefined,
    from: input.from,
    on: input.from === "day" ? input.on?.toString() : undefined,
  });
}
