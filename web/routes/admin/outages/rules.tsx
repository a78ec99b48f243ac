import { define } from "@/web/app/state.ts";
import { NumberField } from "@/web/components/form/NumberField.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { OUTAGE_DAYS_BACK_MAX } from "@/web/domain/billing/limits.ts";
import { outageRulesForm } from "@/web/route_table/outages.ts";
import { outageRulesVersion, saveOutageRules } from "@/web/services/settings/save_outage_rules.ts";

const form = define.form({
  input: outageRulesForm,
  load: (_trx, { moment }) => Promise.resolve(moment.tenant),
  permission: "settings:write",
  audit: "settings.outages_saved",
  summary: "How outages are credited",
  title: ({ t }) => t("outages.rules"),
  back: ({ t }) => ({ href: "/admin/outages", label: t("outages.list") }),
  labels: { credit: "outages.credit", hours: "outages.hours", planned: "outages.planned" },
  values: (tenant) => ({
    credit: tenant.outage_credit,
    hours: String(Math.ceil(tenant.outage_threshold_minutes / 60)),
    planned: tenant.credits_planned_outages ? "yes" : "no",
  }),
  edits: {
    subject: (tenant) => tenant.id,
    version: outageRulesVersion,
  },
  fields: ({ field, t }) => (
    <>
      <SelectField
        {...field("credit")}
        hint={t("outages.credit_hint", { days: OUTAGE_DAYS_BACK_MAX })}
        options={(["automatic", "ask", "off"] as const).map((value) => ({
          value,
          label: t(`outages.credit_${value}`),
        }))}
      />
      <NumberField {...field("hours")} min={1} max={744} hint={t("outages.hours_hint")} />
      <SelectField
        {...field("planned")}
        options={(["no", "yes"] as const).map((value) => ({ value, label: t(`outages.planned_${value}`) }))}
      />
    </>
  ),
  verb: ({ t }) => t("outages.rules_verb"),
  submit: ({ credit, hours, planned }, { call, seen }) =>
    saveOutageRules(...call, {
      credit,
      thresholdMinutes: hours * 60,
      creditsPlanned: planned === "yes",
      seen,
    }),
  done: () => "/admin/outages?done=rules",
});

export default form.page;
export const { handler, route } = form;
