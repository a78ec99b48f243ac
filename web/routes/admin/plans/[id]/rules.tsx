import { z } from "zod";
import { withAbout } from "@/web/app/frame/about.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { NO_OWN_RULES, rulesInEffect } from "@/web/domain/billing/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { agreePlanRules, ownRulesVersion } from "@/web/services/billing/agree_rules.ts";
import { companyRules, toOwnRules as ownRulesOf } from "@/web/services/billing/rule_levels.ts";
import { findOfferedPlan } from "@/web/store/billing/plans.ts";
import {
  OWN_RULES_LABELS,
  OwnRulesFields,
  ownRulesInput,
  ownRulesValues,
  toOwnRules,
} from "../../(_rules)/rule_fields.tsx";

const form = define.form({
  params: idParams,
  input: z.object(ownRulesInput),
  load: async (trx, { params }) => found(await findOfferedPlan(trx, params.id)),
  permission: "plan:write",
  audit: "plan.rules_agreed",
  summary: "Days to pay, grace, first bill and fees of the connections of a plan",
  title: ({ t, loaded: plan }) => t("plans.rules_title", { name: plan.name }),
  windowTitle: ({ t }) => t("plans.rules"),
  lead: ({ t, loaded: plan }) =>
    plan.subscriptions === 0 ? t("plans.unused") : t("plans.in_use", { n: plan.subscriptions }),
  back: ({ loaded: plan }) => ({ href: `/admin/plans/${plan.id}/edit`, label: plan.name }),
  labels: OWN_RULES_LABELS,
  values: (plan) => ownRulesValues(ownRulesOf(plan)),
  edits: { subject: (plan) => plan.id, version: ownRulesVersion },
  fields: (view) => (
    <>
      <p>{view.t("subscribers.rules_lead")}</p>
      <OwnRulesFields
        view={view}
        above={rulesInEffect(companyRules(view.moment.tenant), NO_OWN_RULES)}
      />
    </>
  ),
  verb: ({ t }) => t("subscribers.rules_save"),
  submit: (input, { call, seen, loaded: plan }) =>
    agreePlanRules(...call, { planId: plan.id, rules: toOwnRules(input), seen }),
  done: (_value, { loaded: plan }) => withAbout("/admin/plans?done=rules", plan.id),
});

export default form.page;
export const { handler, route } = form;
