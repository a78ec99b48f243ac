import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { withAbout } from "@/web/app/frame/about.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { toOwnRules } from "@/web/services/billing/rule_levels.ts";
import { ownRulesValues } from "../../(_rules)/rule_fields.tsx";
import { planVersion, updatePlan } from "@/web/services/billing/save_plan.ts";
import { findOfferedPlan } from "@/web/store/billing/plans.ts";
import { planFields, planForm, planOf } from "../(_parts)/plan_form.tsx";

const form = define.form({
  ...planForm,
  params: idParams,
  load: async (trx, { params }) => found(await findOfferedPlan(trx, params.id)),
  permission: "plan:write",
  audit: "plan.updated",
  summary: "Change a plan",
  title: ({ t, loaded: plan }) => t("plans.edit_title", { name: plan.name }),
  back: ({ t }) => ({ href: "/admin/plans", label: t("tables.list_plans") }),
  lead: ({ t, loaded: plan }) =>
    plan.subscriptions === 0 ? t("plans.unused") : t("plans.in_use", { n: plan.subscriptions }),
  actions: ({ t, loaded: plan }) => (
    <LinkButton href={`/admin/plans/${plan.id}/archive`} dialog>{t("plans.archive_link")}</LinkButton>
  ),
  values: (plan) => ({
    name: plan.name,
    price: formatCentavosPlain(centavos(plan.price_centavos)),
    profile: plan.ppp_profile ?? "",
    speed: plan.speed ?? "",
    ...ownRulesValues(toOwnRules(plan)),
  }),
  edits: { subject: (plan) => plan.id, version: planVersion },
  fields: (view) => planFields(view, view.loaded.subscriptions),
  verb: ({ t }) => t("plans.save"),
  submit: (input, { call, loaded: plan, seen }) =>
    updatePlan(...call, { planId: plan.id, seen, ...planOf(input) }),
  done: (_value, { loaded: plan }) => withAbout("/admin/plans?done=saved", plan.id),
});

export default form.page;
export const { handler, route } = form;
