import { withAbout } from "@/web/app/frame/about.ts";
import { define } from "@/web/app/state.ts";
import { createPlan } from "@/web/services/billing/save_plan.ts";
import { planFields, planForm, planOf } from "./(_parts)/plan_form.tsx";

const form = define.form({
  ...planForm,
  load: () => Promise.resolve(null),
  permission: "plan:write",
  audit: "plan.created",
  summary: "Add a plan",
  title: ({ t }) => t("plans.add_title"),
  back: ({ t }) => ({ href: "/admin/plans", label: t("tables.list_plans") }),
  fields: (view) => planFields(view, null),
  verb: ({ t }) => t("plans.add_verb"),
  submit: (input, { call }) => createPlan(...call, planOf(input)),
  done: ({ planId }) => withAbout("/admin/plans?done=created", planId),
});

export default form.page;
export const { handler, route } = form;
