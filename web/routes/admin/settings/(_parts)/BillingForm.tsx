import type { ComponentChildren } from "preact";
import type { AppState } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { HiddenFields } from "@/web/components/Csrf.tsx";
import { fieldId, FieldNotes } from "@/web/components/Field.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { MoneyField, NumberField } from "@/web/components/NumberField.tsx";
import { Checkbox, RadioCards, SelectField } from "@/web/components/SelectField.tsx";
import { TextArea } from "@/web/components/TextField.tsx";
import { SETTING_BOUNDS, type SettingGroup } from "@/web/domain/settings/mod.ts";
import { ENGLISH, type MessageKey, type Translate } from "@/web/messages/mod.ts";
import { type BillingFields, fieldText, type Problems } from "./billing_form.ts";

interface BillingFormProps {
  fields: BillingFields;
  problems: Problems;
  state: AppState;
  /** What the saved settings say, by group. */
  said: Record<SettingGroup, string>;
}

/** All billing rules. It is sent to the review, which shows what would change; nothing is saved from here. */
export function BillingForm(props: BillingFormProps) {
  const { fields, problems, state } = props;
  const { t } = state;
  return (
    <form class="stack rules" method="get" action="/admin/settings/billing/review" novalidate>
      <HiddenFields values={{ revision: fieldText(fields, "revision") }} />
      <ErrorSummary errors={problems} labels={labelsOf(t, problems)} title={t("settings.check_fields")} />
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
      </Group>
      <Group name="cut" {...props}>
        <div class="form-row">
          <Whole {...props} name="graceDays" unit="settings.days" hint="settings.hint_grace" />
          <CutTime {...props} />
        </div>
        <Weekdays {...props} />
        <TextArea
          name="blackoutDates"
          label={t("settings.field_blackoutDates")}
          hint={t("settings.hint_dates")}
          value={fieldText(fields, "blackoutDates")}
          error={problems.blackoutDates}
          rows={3}
        />
        <MoneyField
          name="minBalance"
          label={t("settings.field_minBalanceCentavos")}
          hint={t("settings.hint_min_balance")}
          value={fieldText(fields, "minBalance")}
          error={problems.minBalance}
          required
        />
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
          name="firstBill"
          label={t("settings.field_firstBill")}
          options={(["prorate", "full", "free", "merge_stub_lt", "stub_plus_full"] as const).map((value) => ({
            value,
            label: t(`settings.first_bill_${value}`),
          }))}
          value={fieldText(fields, "firstBill")}
          error={problems.firstBill}
          required
        />
        <Whole {...props} name="mergeStubLtDays" unit="settings.days" hint="settings.hint_merge" />
        <Choice {...props} name="proration" options={["actual", "days30"]} />
      </Group>
      <div class="form-actions">
        <Button kind="primary">{t("settings.review")}</Button>
        <LinkButton href="/admin/settings/billing">{t("settings.start_over")}</LinkButton>
      </div>
    </form>
  );
}

function Group(
  { name, state, said, children }: BillingFormProps & { name: SettingGroup; children: ComponentChildren },
) {
  return (
    <Card title={state.t(`settings.group_${name}`)}>
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

function Whole({ name, hint, unit, fields, problems, state }: WholeProps) {
  const [min, max] = SETTING_BOUNDS[name];
  return (
    <NumberField
      name={name}
      label={state.t(`settings.field_${name}`)}
      hint={state.t(hint)}
      unit={unit && state.t(unit)}
      min={min}
      max={max}
      value={fieldText(fields, name)}
      error={problems[name]}
      required
    />
  );
}

interface ChoiceProps extends BillingFormProps {
  name: "cycleAnchor" | "timing" | "suspendedPolicy" | "proration";
  options:
    readonly ("fixed" | "anniversary" | "arrears" | "advance" | "charge" | "skip" | "actual" | "days30")[];
}

function Choice({ name, options, fields, problems, state }: ChoiceProps) {
  return (
    <RadioCards
      name={name}
      label={state.t(`settings.field_${name}`)}
      options={options.map((value) => ({
        value,
        label: state.t(`settings.choice_${value}`),
        note: state.t(`settings.note_${value}`),
      }))}
      value={fieldText(fields, name)}
      error={problems[name]}
      required
      row
    />
  );
}

function CutTime({ fields, problems, state }: BillingFormProps) {
  const error = problems.cutTime;
  const id = fieldId("cutTime");
  const label = state.t("settings.field_cutTime");
  const hint = state.t("settings.hint_cut_time");
  return (
    <div class="field">
      <label class="label" for={id}>{label}</label>
      <input
        class="input input-short"
        type="time"
        id={id}
        name="cutTime"
        required
        value={fieldText(fields, "cutTime")}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={error ? `${id}-hint ${id}-error` : `${id}-hint`}
      />
      <FieldNotes name="cutTime" label={label} hint={hint} error={error} />
    </div>
  );
}

function Weekdays({ fields, problems, state }: BillingFormProps) {
  const chosen = [fields.blackoutWeekdays ?? []].flat();
  const label = state.t("settings.field_blackoutWeekdays");
  const id = fieldId("blackoutWeekdays");
  return (
    <fieldset class="field" id={id} aria-describedby={problems.blackoutWeekdays ? `${id}-error` : undefined}>
      <legend class="label">{label}</legend>
      <div class="weekdays">
        {([1, 2, 3, 4, 5, 6, 7] as const).map((day) => (
          <Checkbox
            name="blackoutWeekdays"
            id={`${id}-${day}`}
            label={state.t(`settings.weekday_${day}`)}
            value={String(day)}
            checked={chosen.includes(String(day))}
          />
        ))}
      </div>
      <FieldNotes name="blackoutWeekdays" label={label} error={problems.blackoutWeekdays} />
    </fieldset>
  );
}

/** Names of the fields that have a problem, for the summary. */
function labelsOf(t: Translate, problems: Problems): Record<string, string> {
  const named = Object.keys(problems).filter((name) => name !== "");
  return Object.fromEntries(named.flatMap((name) => {
    const key = `settings.field_${name === "minBalance" ? "minBalanceCentavos" : name}`;
    return Object.hasOwn(ENGLISH, key) ? [[name, t(key as MessageKey)]] : [];
  }));
}
