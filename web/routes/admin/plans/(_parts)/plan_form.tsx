import { says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import type { FormView } from "@/web/app/form/form_types.ts";
import { MoneyField } from "@/web/components/form/NumberField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { formPeso, formText, optionalText } from "@/web/route_table/fields.ts";
import { PLAN_MAX } from "@/web/domain/billing/limits.ts";
import { NO_OWN_RULES, rulesInEffect } from "@/web/domain/billing/mod.ts";
import { companyRules } from "@/web/services/billing/rule_levels.ts";
import { OWN_RULES_LABELS, OwnRulesFields, ownRulesInput } from "../../(_rules)/rule_fields.tsx";

/** What the forms of a new plan and of an old one share. */
export const planForm = {
  input: z.object({
    name: formText(PLAN_MAX.name).refine((text) => text !== "", says("type_name")),
    price: formPeso,
    profile: optionalText(PLAN_MAX.pppProfile),
    speed: optionalText(PLAN_MAX.speed),
    ...ownRulesInput,
  }),
  labels: {
    name: "tables.name",
    price: "plans.price",
    profile: "tables.profile",
    speed: "tables.speed",
    ...OWN_RULES_LABELS,
  },
  at: { name_required: "name", name_taken: "name", price_out_of_range: "price" },
} as const;

/** The plan that a form describes. */
export function planOf({ name, price, profile, speed, ...rules }: z.output<typeof planForm.input>) {
  return { name, priceCentavos: price, pppProfile: profile, speed, rules };
}

type PlanView = Pick<FormView<unknown, keyof typeof planForm.labels>, "field" | "t" | "moment">;

/** The fields of a plan. `users` is how many connections are on it. */
export function planFields(view: PlanView, users: number | null) {
  const { field, t, moment } = view;
  return (
    <>
      <TextField {...field("name")} hint={t("plans.name_hint")} autofocus />
      <MoneyField
        {...field("price")}
        hint={t(users === null ? "plans.price_hint" : "plans.price_hint_edit")}
      />
      <div class="form-row">
        <TextField
          {...field("profile")}
          mono
          hint={users ? t("plans.profile_hint_edit", { n: users }) : t("plans.profile_hint")}
        />
        <TextField {...field("speed")} hint={t("plans.speed_hint")} />
      </div>
      <fieldset class="stack">
        <legend class="label">{t("settings.own_rules_plan")}</legend>
        <p class="note">{t("settings.own_rules_hint")}</p>
        <OwnRulesFields view={view} above={rulesInEffect(companyRules(moment.tenant), NO_OWN_RULES)} />
      </fieldset>
    </>
  );
}
