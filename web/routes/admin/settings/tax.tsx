import { formatDate } from "@/shared/calendar/mod.ts";
import { may, typed } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { TAX_MAX } from "@/web/domain/billing/limits.ts";
import { formatBasisPoints, type TaxTerms } from "@/web/domain/billing/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { doneQuery, taxForm } from "@/web/route_table/settings.ts";
import { taxTermsOn } from "@/web/services/billing/tax_terms.ts";
import { saveTax } from "@/web/services/settings/save_tax.ts";
import { lastSave } from "@/web/store/settings/settings.ts";
import { getTenant, type TenantRow } from "@/web/store/settings/tenants.ts";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";

const form = define.form({
  query: doneQuery,
  input: taxForm,
  load: async (trx, { query, moment }) => ({
    tenant: await getTenant(trx),
    today: moment.today,
    done: query.done,
  }),
  permission: "settings:write",
  readers: { permission: "settings:read", summary: "How bills are taxed" },
  audit: "settings.tax_saved",
  summary: "Save how bills are taxed",
  refused: "settings.check_fields",
  title: ({ t }) => t("settings.section_tax"),
  labels: {
    mode: "settings.tax_mode",
    rate: "settings.tax_rate",
    from: "settings.tax_from",
    tin: "settings.tax_tin",
    registeredName: "settings.tax_registered_name",
  },
  values: ({ tenant, today }) => ({
    revision: revisionOf(tenant),
    mode: tenant.tax_mode,
    rate: formatBasisPoints(tenant.vat_rate_bp),
    from: (isToCome(tenant, today) ? tenant.tax_from_on : today)?.toString() ?? "",
    tin: tenant.tin ?? "",
    registeredName: tenant.registered_name ?? "",
  }),
  hidden: ({ loaded: { tenant } }) => ({ revision: revisionOf(tenant) }),
  fields: ({ t, field, loaded: { today } }) => (
    <>
      <RadioCards
        {...field("mode")}
        options={[
          { value: "non_vat", label: t("settings.tax_non_vat"), note: t("settings.tax_non_vat_note") },
          {
            value: "vat_inclusive",
            label: t("settings.tax_inclusive"),
            note: t("settings.tax_inclusive_note"),
          },
          {
            value: "vat_exclusive",
            label: t("settings.tax_exclusive"),
            note: t("settings.tax_exclusive_note"),
          },
        ]}
      />
      <div class="form-row">
        <TextField {...field("rate")} width="short" />
        <DateField
          {...field("from")}
          min={today}
          max={today.add({ days: TAX_MAX.daysAhead })}
          hint={t("settings.tax_from_hint")}
        />
      </div>
      <div class="form-row">
        <TextField {...field("tin")} mono hint={t("settings.tax_tin_hint")} />
        <TextField {...field("registeredName")} hint={t("settings.tax_registered_hint")} />
      </div>
      <p class="note">{t("settings.tax_hint")}</p>
    </>
  ),
  verb: ({ t }) => t("settings.tax_save"),
  page: ({ t, state, loaded: { tenant, today, done } }, parts) => (
    <SettingsFrame
      section="tax"
      state={state}
      done={done}
      save={lastSave(tenant, "tax")}
      zone={tenant.time_zone}
    >
      <Card title={t("settings.tax_now")}>
        <FactList wide facts={taxFacts(t, tenant, today)} />
      </Card>
      {may(state, "settings:write") && <Card title={t("settings.section_tax")}>{parts.form}</Card>}
    </SettingsFrame>
  ),
  submit: ({ rate, from, confirm_effect: seen, ...fields }, { call, state }) =>
    saveTax(...call, { ...fields, rateBp: rate, fromOn: from, isEffectSeen: seen === asked(state) }),
  doubts: {
    title: "settings.tax_not_saved",
    verb: "settings.tax_save_effect",
    codes: { tax_effect: { overrule: "confirm_effect", about: ({ state }) => asked(state) } },
  },
  done: ({ isUnchanged }) => `/admin/settings/tax?done=${isUnchanged ? "unchanged" : "saved"}`,
});

export default form.page;
export const { handler, route } = form;

/** What the effect is about: whoever changes one of these sees it again. */
function asked(state: AppState): string {
  return ["mode", "rate", "from"].map((name) => typed(state, name)).join(" ").slice(0, 200);
}

function revisionOf(tenant: TenantRow): string {
  return String(lastSave(tenant, "tax")?.revision ?? 0);
}

function isToCome({ tax_from_on: from }: TenantRow, today: Temporal.PlainDate): boolean {
  return from !== null && Temporal.PlainDate.compare(from, today) > 0;
}

function taxFacts(t: Translate, tenant: TenantRow, today: Temporal.PlainDate): Fact[] {
  const then = { mode: tenant.tax_mode, rateBp: tenant.vat_rate_bp };
  const from = tenant.tax_from_on;
  return [
    {
      label: t("settings.tax_mode"),
      value: (
        <>
          {sayTax(t, taxTermsOn(tenant, today))}
          {from !== null && isToCome(tenant, today) && (
            <div>{t("settings.tax_then", { from: formatDate(from, t.locale), words: sayTax(t, then) })}</div>
          )}
        </>
      ),
    },
    { label: t("settings.tax_tin"), value: tenant.tin },
    { label: t("settings.tax_registered_name"), value: tenant.registered_name },
  ];
}

/** In words: `VAT of 12 % comes on top of the prices.` */
function sayTax(t: Translate, { mode, rateBp }: TaxTerms): string {
  return t(`settings.tax_say_${mode}`, { rate: formatBasisPoints(rateBp) });
}
