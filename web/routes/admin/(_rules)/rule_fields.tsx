import { z } from "zod";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import type { FormView } from "@/web/app/form/form_types.ts";
import { NumberField } from "@/web/components/form/NumberField.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import {
  type LevelledRules,
  OWN_FIRST_BILLS,
  type OwnRules,
  type RuleInEffect,
  type RulesInEffect,
  SUSPENDED_POLICIES,
} from "@/web/domain/billing/mod.ts";
import type { OwnRulesCode } from "@/web/services/billing/rule_levels.ts";
import { SETTING_BOUNDS } from "@/web/domain/settings/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** A number that may be left out. */
function optionalNumber(code: OwnRulesCode, max: number) {
  return z.string().optional().transform((text, ctx) => {
    const typed = text?.trim() ?? "";
    if (typed === "") return null;
    if (/^\d{1,4}$/.test(typed) && Number(typed) <= max) return Number(typed);
    ctx.addIssue({ code: "custom", message: formatCoded(coded(code, { max })) });
    return z.NEVER;
  });
}

/** Fields of a form for the rules of a plan or a connection. */
export const ownRulesInput = {
  termsDays: optionalNumber("terms_out_of_range", SETTING_BOUNDS.termsDays[1]),
  graceDays: optionalNumber("grace_out_of_range", SETTING_BOUNDS.graceDays[1]),
  firstBill: z.enum(["", ...OWN_FIRST_BILLS]).optional()
    .transform((choice) => choice === undefined || choice === "" ? null : choice),
  suspendedPolicy: z.enum(["", ...SUSPENDED_POLICIES]).optional()
    .transform((choice) => choice === undefined || choice === "" ? null : choice),
  stopAfterUnpaidBills: optionalNumber("stop_out_of_range", SETTING_BOUNDS.stopAfterUnpaidBills[1]),
};

/** What the fields are called: the same as on the page of the company's rules. */
export const OWN_RULES_LABELS = {
  termsDays: "settings.field_termsDays",
  graceDays: "settings.field_graceDays",
  firstBill: "settings.field_firstBill",
  suspendedPolicy: "settings.field_suspendedPolicy",
  stopAfterUnpaidBills: "settings.field_stopAfterUnpaidBills",
} as const;

/** What stands in the fields. */
export function ownRulesValues(rules: OwnRules) {
  return {
    termsDays: rules.termsDays?.toString() ?? "",
    graceDays: rules.graceDays?.toString() ?? "",
    firstBill: rules.firstBill ?? "",
    suspendedPolicy: rules.suspendedPolicy ?? "",
    stopAfterUnpaidBills: rules.stopAfterUnpaidBills?.toString() ?? "",
  };
}

type RulesView = Pick<FormView<unknown, keyof typeof OWN_RULES_LABELS>, "field" | "t">;

/** The fields; under each one what holds while it is empty, and from where. */
export function OwnRulesFields({ view: { field, t }, above }: { view: RulesView; above: RulesInEffect }) {
  const now = (name: keyof LevelledRules) => t("settings.own_now", { value: sayRule(t, name, above[name]) });
  return (
    <>
      <div class="form-row">
        <NumberField
          {...field("termsDays")}
          min={0}
          max={SETTING_BOUNDS.termsDays[1]}
          hint={now("termsDays")}
        />
        <NumberField
          {...field("graceDays")}
          min={0}
          max={SETTING_BOUNDS.graceDays[1]}
          hint={now("graceDays")}
        />
      </div>
      <SelectField
        {...field("firstBill")}
        prompt={t("settings.own_first_as_above")}
        options={OWN_FIRST_BILLS.map((value) => ({ value, label: t(`settings.first_bill_${value}`) }))}
        hint={now("firstBill")}
      />
      <SelectField
        {...field("suspendedPolicy")}
        prompt={t("settings.own_first_as_above")}
        options={SUSPENDED_POLICIES.map((value) => ({ value, label: t(`settings.choice_${value}`) }))}
        hint={now("suspendedPolicy")}
      />
      <NumberField
        {...field("stopAfterUnpaidBills")}
        min={0}
        max={SETTING_BOUNDS.stopAfterUnpaidBills[1]}
        hint={now("stopAfterUnpaidBills")}
      />
    </>
  );
}

/** `5 days, from the plan` */
export function sayRule(
  t: Translate,
  name: keyof LevelledRules,
  { value, from }: RuleInEffect<LevelledRules[keyof LevelledRules]>,
): string {
  return t(`settings.from_${from}`, { value: valueWords(t, name, value) });
}

function valueWords(
  t: Translate,
  name: keyof LevelledRules,
  value: LevelledRules[keyof LevelledRules],
): string {
  switch (name) {
    case "firstBill":
      return t(`settings.first_bill_${value as LevelledRules["firstBill"]}`);
    case "suspendedPolicy":
      return t(`settings.choice_${value as LevelledRules["suspendedPolicy"]}`);
    case "stopAfterUnpaidBills":
      return t("settings.value_unpaid", { n: Number(value) });
    case "termsDays":
    case "graceDays":
      return t("settings.value_days", { n: Number(value) });
  }
}
