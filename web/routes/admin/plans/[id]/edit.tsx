import { HttpError, page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { planForm } from "@/web/route_table/plans.ts";
import { updatePlan } from "@/web/services/billing/save_plan.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import { actorOf, found, readPage } from "@/web/app/page_context.ts";
import { PLAN_FIELD, PlanForm, type PlanValues, typedPlan } from "../(_parts)/PlanForm.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface EditPlanData {
  plan: PlanListRow;
  values: PlanValues;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function EditPlanPage({ data, state }) {
  const { plan, values, problems } = data;
  const { t } = state;
  const inUse = { n: Number(plan.subscriptions) };
  return (
    <>
      <PageHeader
        title={t("plans.edit_title", { name: plan.name })}
        back={{ href: "/admin/plans", label: t("tables.list_plans") }}
        lead={plan.subscriptions === 0 ? t("plans.unused") : t("plans.in_use", inUse)}
        actions={<LinkButton href={`/admin/plans/${plan.id}/archive`}>{t("plans.archive_link")}</LinkButton>}
      />
      <PlanForm
        values={values}
        problems={problems}
        action={`/admin/plans/${plan.id}/edit`}
        csrfToken={state.csrfToken}
        verb={t("plans.save")}
        priceHint={t("plans.price_hint_edit")}
        profileHint={plan.subscriptions === 0 ? t("plans.profile_hint") : t("plans.profile_hint_edit", inUse)}
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    permission: "plan:write",
    params: idParams,
    summary: "Form to change a plan",
  },
  POST: {
    permission: "plan:write",
    params: idParams,
    input: planForm,
    audit: "plan.updated",
    summary: "Change a plan",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const plan = await load(ctx.state);
    ctx.state.title = ctx.state.t("plans.edit_title", { name: plan.name });
    const values = {
      name: plan.name,
      price: formatCentavosPlain(centavos(plan.price_centavos)),
      profile: plan.ppp_profile ?? "",
      speed: plan.speed ?? "",
    };
    return page<EditPlanData>({ plan, values, problems: {} });
  },
  async POST(ctx) {
    const plan = await load(ctx.state);
    ctx.state.title = ctx.state.t("plans.edit_title", { name: plan.name });
    const refuse = (problems: Record<string, string>) =>
      page<EditPlanData>({ plan, values: typedPlan(ctx.state), problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, planForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await updatePlan(ctx.state.services, tenantId, actorOf(ctx.state), {
      planId: plan.id,
      name: form.name,
      priceCentavos: form.price,
      pppProfile: form.profile,
      speed: form.speed,
    });
    if (!result.ok) return refuse({ [PLAN_FIELD[result.code]]: refusalText(ctx.state, result) });
    return ctx.redirect("/admin/plans?done=saved", 303);
  },
});

async function load(state: AppState): Promise<PlanListRow> {
  const { id } = readParams(state, idParams);
  const plans = await readPage(state, (trx) => listPlans(trx, { withArchived: false }));
  const plan = found(plans.find((row) => row.id === id.toLowerCase()));
  if (plan.archived_at !== null) throw new HttpError(404, "This page does not exist.");
  return plan;
}
