import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { HiddenFields } from "@/web/components/Csrf.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { RadioCards } from "@/web/components/SelectField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { planForm, planQuery } from "@/web/route_table/new_subscribers.ts";
import { changePlan, nextCycleOf } from "@/web/services/billing/change_plan.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { actorOf, momentOf, type PageMoment, readPage, typed } from "@/web/app/page_context.ts";
import { findConnection } from "../../(_parts)/find_connection.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface PlanData {
  connection: SubscriptionDetail;
  /** Plans to choose from: all but the one it has. */
  plans: PlanListRow[];
  /** The change that waits. */
  next: PlanListRow | null;
  chosen: PlanListRow | null;
  /** First day of a change that is agreed today. */
  effectiveOn: Temporal.PlainDate;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function PlanPage({ data, state }) {
  const { connection, plans, next, chosen, effectiveOn, problems } = data;
  const { t } = state;
  const subscriber = `/admin/subscribers/${connection.subscriber_id}`;
  const path = `${subscriber}/plan`;
  return (
    <>
      <PageHeader
        title={t("subscribers.plan_title")}
        back={{ href: subscriber, label: connection.subscriber_name }}
        lead={
          <>
            {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
          </>
        }
      />
      <ErrorSummary errors={problems} title={t("subscribers.nothing_changed")} />
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
      {plans.length === 0
        ? (
          <section class="card">
            <EmptyState icon="bill" title={t("subscribers.plan_none")} />
          </section>
        )
        : (
          <Card title={t("subscribers.plan_choose")}>
            <form class="form" method="get" action={path}>
              <HiddenFields values={{ connection: connection.id }} />
              <RadioCards
                name="plan"
                label={t("subscribers.plan")}
                required
                value={chosen?.id}
                options={plans.map((plan) => ({
                  value: plan.id,
                  label: plan.name,
                  note: [formatPeso(centavos(plan.price_centavos)), plan.speed].filter(Boolean).join(" · "),
                }))}
              />
              <div class="form-actions">
                <Button kind={chosen === null ? "primary" : "default"}>
                  {t("subscribers.plan_preview")}
                </Button>
                <LinkButton href={subscriber}>{t("subscribers.back")}</LinkButton>
              </div>
            </form>
          </Card>
        )}
      {chosen !== null && (
        <ConfirmPanel
          title={t("subscribers.plan_question", {
            name: connection.subscriber_name,
            plan: chosen.name,
            on: formatDate(effectiveOn, t.locale),
          })}
          tone="primary"
          effect={effectWords(data, chosen, t)}
          verb={t("subscribers.plan_verb", { plan: chosen.name })}
          action={path}
          csrfToken={state.csrfToken}
          values={{ connection: connection.id, plan: chosen.id }}
          cancelHref={subscriber}
        >
          <FactList
            facts={[
              {
                label: t("subscribers.plan_price"),
                value: `${formatPeso(centavos(connection.price_centavos))} → ${
                  formatPeso(centavos(chosen.price_centavos))
                }`,
              },
              { label: t("subscribers.plan_from"), value: formatDate(effectiveOn, t.locale) },
              {
                label: t("subscribers.plan_profile"),
                value: (
                  <CodeText>
                    {connection.ppp_profile ?? t("subscribers.plan_profile_same")} →{" "}
                    {chosen.ppp_profile ?? t("subscribers.plan_profile_same")}
                  </CodeText>
                ),
              },
            ]}
          />
          <p class="note">{t("subscribers.plan_note")}</p>
        </ConfirmPanel>
      )}
    </>
  );
});

function effectWords(
  { connection }: PlanData,
  chosen: PlanListRow,
  t: Translate,
): string {
  const difference = chosen.price_centavos - connection.price_centavos;
  if (difference === 0n) return t("subscribers.plan_same_price");
  const amount = formatPeso(centavos(difference < 0n ? -difference : difference));
  return t(difference > 0n ? "subscribers.plan_dearer" : "subscribers.plan_cheaper", { amount });
}

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "subscriber:write",
    params: idParams,
    input: planQuery,
    summary: "Choose a plan for the next cycle, with its effect",
  },
  POST: {
    audience: "staff",
    permission: "subscriber:write",
    params: idParams,
    input: planForm,
    audit: "subscription.plan_change_planned",
    summary: "Change the plan from the next cycle on",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const query = readInput(ctx.state, planQuery);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.plan_title");
    return page<PlanData>({
      ...await readPage(ctx.state, (trx) => load(trx, id, query.connection, query.plan, moment)),
      problems: {},
    });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.plan_title");
    const data = await readPage(
      ctx.state,
      (trx) => load(trx, id, typed(ctx.state, "connection"), typed(ctx.state, "plan"), moment),
    );
    const refuse = (problems: Record<string, string>) =>
      page<PlanData>({ ...data, problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, planForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await changePlan(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriptionId: data.connection.id,
      planId: form.plan,
    });
    if (!result.ok) return refuse({ "": refusalText(ctx.state, result) });
    const done = result.value.isImmediate ? "plan_changed" : "plan_planned";
    return ctx.redirect(`/admin/subscribers/${id}?done=${done}`, 303);
  },
});

async function load(
  trx: Parameters<typeof findConnection>[0],
  subscriberId: string,
  connectionId: string | undefined,
  planId: string | undefined,
  moment: PageMoment,
): Promise<Omit<PlanData, "problems">> {
  const { connection } = await findConnection(trx, subscriberId, connectionId, moment);
  const all = await listPlans(trx, { withArchived: true });
  const plans = all.filter((plan) => plan.archived_at === null && plan.id !== connection.plan_id);
  return {
    connection,
    plans,
    next: all.find((plan) => plan.id === connection.next_plan_id) ?? null,
    chosen: plans.find((plan) => plan.id === planId) ?? null,
    effectiveOn: connection.activated_on === null
      ? moment.today
      : nextCycleOf({ tenant: moment.tenant, business: moment }, connection, connection.activated_on),
  };
}
