import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { planForm } from "@/web/route_table/plans.ts";
import { createPlan } from "@/web/services/billing/save_plan.ts";
import { actorOf } from "@/web/app/page_context.ts";
import { PLAN_FIELD, PlanForm, type PlanValues, typedPlan } from "./(_parts)/PlanForm.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface NewPlanData {
  values: PlanValues;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function NewPlanPage({ data, state }) {
  const { t } = state;
  return (
    <>
      <PageHeader
        title={t("plans.add_title")}
        back={{ href: "/admin/plans", label: t("tables.list_plans") }}
      />
      <PlanForm
        {...data}
        action="/admin/plans/new"
        csrfToken={state.csrfToken}
        verb={t("plans.add_verb")}
        priceHint={t("plans.price_hint")}
        profileHint={t("plans.profile_hint")}
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: { permission: "plan:write", summary: "Form for a new plan" },
  POST: {
    permission: "plan:write",
    input: planForm,
    audit: "plan.created",
    summary: "Add a plan",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    ctx.state.title = ctx.state.t("plans.add_title");
    const values = { name: "", price: "", profile: "", speed: "" };
    return page<NewPlanData>({ values, problems: {} });
  },
  async POST(ctx) {
    ctx.state.title = ctx.state.t("plans.add_title");
    const refuse = (problems: Record<string, string>) =>
      page<NewPlanData>({ values: typedPlan(ctx.state), problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, planForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await createPlan(ctx.state.services, tenantId, actorOf(ctx.state), {
      name: form.name,
      priceCentavos: form.price,
      pppProfile: form.profile,
      speed: form.speed,
    });
    if (!result.ok) return refuse({ [PLAN_FIELD[result.code]]: refusalText(ctx.state, result) });
    return ctx.redirect("/admin/plans?done=created", 303);
  },
});
