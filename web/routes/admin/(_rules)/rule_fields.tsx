import { z } from "zod";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import type { FormView } from "@/web/app/form/form_types.ts";
import { formatCentavosPlain, formatPeso } from "@/shared/money/mod.ts";
import { MoneyField, NumberField } from "@/web/components/form/NumberField.tsx";
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
import { TextField } from "@/web/components/form/TextField.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { optionalPeso } from "@/web/route_table/fields.ts";
import { optionalPercent } from "@/web/route_table/prices.ts";
import { lateFeeRule } from "@/web/services/billing/rule_levels.ts";

/** A number that may be left out. */
function optionalNumber(
  code: Exclude<OwnRulesCode, "fee_out_of_range" | "percent_out_of_range">,
  max: number,
) {
  return z.string().optional().transform((text, ctx) => {
    const typed = text?.trim() ?? "";
    if (typed === "") return null;
    if (/^\d{1,4}$/.test(typed) && Number(typed) <= max) return Number(typed);
    ctx.addIssue({ code: "custom", message: formatCoded(coded(code, { max })) });
    return z.NEVER;
  });
}

const LATE_FEES = ["none", "flat", "percent"] as const;

/** Fields of a form for the rules of a plan or a connection. */
export const ownRulesInput = {
  termsDays: optionalNumber("terms_out_of_range", SETTING_BOUNDS.termsDays[1]),
  graceDays: optionalNumber("grace_out_of_range", SETTING_BOUNDS.graceDays[1]),
  firstBill: z.enum(["", ...OWN_FIRST_BILLS]).optional()
    .transform((choice) => choice === undefined || choice === "" ? null : choice),
  suspendedPolicy: z.enum(["", ...SUSPENDED_POLICIES]).optional()
    .transform((choice) => choice === undefined || choice === "" ? null : choice),
  stopAfterUnpaidBills: optionalNumber("stop_out_of_range", SETTING_BOUNDS.stopAfterUnpaidBills[1]),
  lateFee: z.enum(["", ...LATE_FEES]).optional()
    .transform((choice) => choice === undefined || choice === "" ? null : choice),
  lateFeeAmount: optionalPeso,
  lateFeePercent: optionalPercent,
  lateAfterDays: optionalNumber("late_after_out_of_range", SETTING_BOUNDS.lateAfterDays[1]),
  reconnectionFee: optionalPeso,
};

type OwnRulesInput = z.infer<z.ZodObject<typeof ownRulesInput>>;

/** The rules that a form asks for. An amount that is missing is refused as one of zero. */
export function toOwnRules(
  { lateFee, lateFeeAmount, lateFeePercent, reconnectionFee, ...rest }: OwnRulesInput,
): OwnRules {
  const { termsDays, graceDays, firstBill, suspendedPolicy, stopAfterUnpaidBills, lateAfterDays } = rest;
  return {
    termsDays,
    graceDays,
    firstBill,
    suspendedPolicy,
    stopAfterUnpaidBills,
    lateAfterDays,
    lateFee: lateFee === null ? null : lateFeeRule(lateFee, lateFeeAmount, lateFeePercent),
    reconnectionFeeCentavos: reconnectionFee,
  };
}

/** What the fields are called: the same as on the page of the company's rules. */
export const OWN_RULES_LABELS = {
  termsDays: "settings.field_termsDays",
  graceDays: "settings.field_graceDays",
  firstBill: "settings.field_firstBill",
  suspendedPolicy: "settings.field_suspendedPolicy",
  stopAfterUnpaidBills: "settings.field_stopAfterUnpaidBills",
  lateFee: "settings.field_lateFeeKind",
  lateFeeAmount: "settings.field_lateFeeCentavos",
  lateFeePercent: "settings.field_lateFeeBp",
  lateAfterDays: "settings.field_lateAfterDays",
  reconnectionFee: "settings.field_reconnectionFeeCentavos",
} as const;

/** What stands in the fields. */
export function ownRulesValues(rules: OwnRules) {
  return {
    termsDays: rules.termsDays?.toString() ?? "",
    graceDays: rules.graceDays?.toString() ?? "",
    firstBill: rules.firstBill ?? "",
    suspendedPolicy: rules.suspendedPolicy ?? "",
    stopAfterUnpaidBills: rules.stopAfterUnpaidBills?.toString() ?? "",
    lateFee: rules.lateFee?.kind ?? "",
    lateFeeAmount: rules.lateFee?.kind === "flat" ? formatCentavosPlain(rules.lateFee.amountCentavos) : "",
    lateFeePercent: rules.lateFee?.kind === "percent" ? String(rules.lateFee.rateBp / 100) : "",
    lateAfterDays: rules.lateAfterDays?.toString() ?? "",
    reconnectionFee: rules.reconnectionFeeCentavos === null
      ? ""
      : formatCentavosPlain(rules.reconnectionFeeCentavos),
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
      <SelectField
        {...field("lateFee")}
        prompt={t("settings.own_first_as_above")}
        options={LATE_FEES.map((value) => ({ value, label: t(`settings.late_fee_${value}`) }))}
        hint={now("lateFee")}
      />
      <div class="form-row">
        <MoneyField {...field("lateFeeAmount")} hint={t("settings.hint_fee_flat")} />
        <TextField {...field("lateFeePercent")} hint={t("settings.hint_fee_percent")} width="short" />
      </div>
      <div class="form-row">
        <NumberField
          {...field("lateAfterDays")}
          min={0}
          max={SETTING_BOUNDS.lateAfterDays[1]}
          hint={now("lateAfterDays")}
        />
        <MoneyField {...field("reconnectionFee")} hint={now("reconnectionFeeCentavos")} />
      </div>
    </>
  );
}

/** `5 days, from the plan` */
export function sayRule(
  t: Translate,
  name: keyof LevelledRules,
  { value, from }: RuleInEffect<LevelledRules[keyof LevelledRules]>,
): string {
  return t(`settings.from_${from}`, { value: sayValue(t, { [name]: value }) });
}

function sayValue(t: Translate, rule: Partial<LevelledRules>): string {
  const { firstBill, suspendedPolicy, stopAfterUnpaidBills: stop, lateFee, ...rest } = rule;
  const { reconnectionFeeCentavos: reconnection, ...days } = rest;
  if (suspendedPolicy !== undefined) return t(`settings.choice_${suspendedPolicy}`);
  if (stop !== undefined) return t("settings.value_unpaid", { n: stop });
  if (firstBill !== undefined) return t(`settings.first_bill_${firstBill}`);
  if (reconnection !== undefined) {
    return reconnection === 0n ? t("settings.late_fee_none") : formatPeso(reconnection);
  }
  if (lateFee === undefined) {
    return t("settings.value_days", { n: days.termsDays ?? days.graceDays ?? days.lateAfterDays ?? 0 });
  }
  if (lateFee.kind === "flat") return formatPeso(lateFee.amountCentavos);
  return lateFee.kind === "percent"
    ? t("settings.value_percent_unpaid", { n: lateFee.rateBp / 100 })
    : t("settings.late_fee_none");
}
