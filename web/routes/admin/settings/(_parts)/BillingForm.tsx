import type { ComponentChildren } from "preact";
import type { FieldOf } from "@/web/app/form/form_types.ts";
import { FormSummary } from "@/web/app/form/form_parts.tsx";
import type { PartView } from "@/web/app/form/form_view.ts";
import { OPENED_FIELD } from "@/web/app/form/opened.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { fieldId, FieldNotes } from "@/web/components/form/Field.tsx";
import { MoneyField, NumberField } from "@/web/components/form/NumberField.tsx";
import { Checkbox, RadioCards, SelectField } from "@/web/components/form/SelectField.tsx";
import { TextArea, TextField } from "@/web/components/form/TextField.tsx";
import { LATE_TERMS, SETTING_BOUNDS, type SettingGroup } from "@/web/domain/settings/mod.ts";
import type { MessageKey } from "@/web/messages/mod.ts";
import type { billingForm } from "@/web/route_table/settings.ts";
import { BILLING_LABELS } from "./billing_form.ts";

type Field = FieldOf<typeof billingForm>;

interface BillingFormProps {
  view: PartView<Field>;
  /** How often the rules had been saved when the form was opened. */
  revision: string;
  /** What the rules were when it was opened; see `markOpened`. */
  opened: string;
  /** Sent along: where to go after saving. */
  from: string;
  /** What the saved settings say, by group. */
  said: Record<SettingGroup, string>;
}

/** All billing rules. It is sent to the review, which shows what would change; nothing is saved from here. */
export function BillingForm(props: BillingFormProps) {
  const { view, revision, opened, from } = props;
  const { t, field } = view;
  return (
    <form class="stack rules" method="get" action="/admin/settings/billing/review" novalidate>
      <HiddenFields values={{ revision, [OPENED_FIELD]: opened, ...(from !== "" && { from }) }} />
      <FormSummary view={view} labels={BILLING_LABELS} title={t("settings.check_fields")} />
      <Group name="bills" {...props}>
        <Choice {...props} name="cycleAnchor" options={["fixed", "anniversary"]} />
        <Whole {...props} name="cycleDay" hint="settings.hint_cycle_day" />
        <Choice {...props} name="timing" options={["arrears", "advance"]} />
        <Whole {...props} name="leadDays" unit="settings.days" hint="settings.hint_lead" />
      </Group>
      <Group name="due" {...props}>
        <div class="form-row">
          <Whole {...props} name="termsDays" unit="settings.days" hint="settings.hint_terms" />
          <Whole {...props} name="minNoticeDays" unit="settings.days" hint="settings.hint_notice" />
        </div>
        <SelectField
          {...field("lateTermsDays")}
          hint={t("settings.hint_late_terms")}
          options={LATE_TERMS.map((n) => ({ value: String(n), label: t("settings.late_terms", { n }) }))}
          required
        />
      </Group>
      <Group name="fees" {...props}>
        <SelectField
          {...field("lateFeeKind")}
          options={(["none", "flat", "percent"] as const).map((value) => ({
            value,
            label: t(`settings.late_fee_${value}`),
          }))}
          required
        />
        <div class="form-row">
          <MoneyField {...field("lateFeeAmount")} hint={t("settings.hint_fee_flat")} />
          <TextField {...field("lateFeePercent")} hint={t("settings.hint_fee_percent")} width="short" />
        </div>
        <Whole {...props} name="lateAfterDays" unit="settings.days" hint="settings.hint_late_after" />
        <MoneyField {...field("reconnectionFee")} hint={t("settings.hint_reconnection")} />
      </Group>
      <Group name="cut" {...props}>
        <div class="form-row">
          <Whole {...props} name="graceDays" unit="settings.days" hint="settings.hint_grace" />
          <CutTime {...props} />
        </div>
        <Weekdays {...props} />
        <TextArea
          {...field("blackoutDates")}
          hint={t("settings.hint_dates")}
          rows={3}
        />
        <MoneyField
          {...field("minBalance")}
          hint={t("settings.hint_min_balance")}
          required
        />
        <Whole {...props} name="disputeDays" unit="settings.days" hint="settings.hint_disputes" />
      </Group>
      <Group name="brake" {...props}>
        <div class="form-row">
          <Whole {...props} name="brakePercent" unit="settings.percent" hint="settings.hint_percent" />
          <Whole {...props} name="brakeMultiple" unit="settings.times" hint="settings.hint_multiple" />
        </div>
      </Group>
      <Group name="suspended" {...props}>
        <Choice {...props} name="suspendedPolicy" options={["charge", "skip"]} />
        <Whole {...props} name="stopAfterUnpaidBills" unit="settings.bills" hint="settings.hint_stop" />
      </Group>
      <Group name="first" {...props}>
        <SelectField
          {...field("firstBill")}
          options={(["prorate", "full", "free", "merge_stub_lt", "stub_plus_full"] as const).map((value) => ({
            value,
            label: t(`settings.first_bill_${value}`),
          }))}
          required
        />
        <Whole {...props} name="mergeStubLtDays" unit="settings.days" hint="settings.hint_merge" />
        <Choice {...props} name="proration" options={["actual", "days30"]} />
      </Group>
      <Group name="end" {...props}>
        <Choice {...props} name="endCredit" options={["credit", "no_credit"]} />
      </Group>
      <div class="form-actions">
        <Button kind="primary">{t("settings.review")}</Button>
        <LinkButton href="/admin/settings/billing">{t("settings.start_over")}</LinkButton>
      </div>
    </form>
  );
}

function Group(
  { name, view, said, children }: BillingFormProps & { name: SettingGroup; children: ComponentChildren },
) {
  return (
    <Card title={view.t(`settings.group_${name}`)}>
      <div class="form">
        <p class="rule">{said[name]}</p>
        {children}
      </div>
    </Card>
  );
}

interface WholeProps extends BillingFormProps {
  name: keyof typeof SETTING_BOUNDS;
  hint: MessageKey;
  unit?: MessageKey;
}

function Whole({ name, hint, unit, view: { t, field } }: WholeProps) {
  const [min, max] = SETTING_BOUNDS[name];
  return (
    <NumberField
      {...field(name)}
      hint={t(hint)}
      unit={unit && t(unit)}
      min={min}
      max={max}
      required
    />
  );
}

interface ChoiceProps extends BillingFormProps {
  name: "cycleAnchor" | "timing" | "suspendedPolicy" | "proration" | "endCredit";
  options: readonly (
    | "fixed"
    | "anniversary"
    | "arrears"
    | "advance"
    | "charge"
    | "skip"
    | "actual"
    | "days30"
    | "credit"
    | "no_credit"
  )[];
}

function Choice({ name, options, view: { t, field } }: ChoiceProps) {
  return (
    <RadioCards
      {...field(name)}
      options={options.map((value) => ({
        value,
        label: t(`settings.choice_${value}`),
        note: t(`settings.note_${value}`),
      }))}
      required
      row
    />
  );
}

function CutTime({ view: { t, field } }: BillingFormProps) {
  const { label, value, error } = field("cutTime");
  const id = fieldId("cutTime");
  const hint = t("settings.hint_cut_time");
  return (
    <div class="field">
      <label class="label" for={id}>{label}</label>
      <input
        class="input input-short"
        type="time"
        id={id}
        name="cutTime"
        required
        value={value}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={error ? `${id}-hint ${id}-error` : `${id}-hint`}
      />
      <FieldNotes name="cutTime" label={label} hint={hint} error={error} />
    </div>
  );
}

function Weekdays({ view: { t, field, many } }: BillingFormProps) {
  const chosen = many("blackoutWeekdays");
  const { label, error } = field("blackoutWeekdays");
  const id = fieldId("blackoutWeekdays");
  return (
    <fieldset class="field" id={id} aria-describedby={error ? `${id}-error` : undefined}>
      <legend class="label">{label}</legend>
      <div class="weekdays">
        {([1, 2, 3, 4, 5, 6, 7] as const).map((day) => (
          <Checkbox
            name="blackoutWeekdays"
            id={`${id}-${day}`}
            label={t(`settings.weekday_${day}`)}
            value={String(day)}
            checked={chosen.includes(String(day))}
          />
        ))}
      </div>
      <FieldNotes name="blackoutWeekdays" label={label} error={error} />
    </fieldset>
  );
}
