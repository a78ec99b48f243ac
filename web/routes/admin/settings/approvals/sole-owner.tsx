import { define } from "@/web/app/state.ts";
import { NumberField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { COOLING_HOURS_MAX } from "@/web/domain/approvals/mod.ts";
import { soleOwnerForm } from "@/web/route_table/approvals.ts";
import { saveSoleOwner } from "@/web/services/approvals/save_policy.ts";
import { findSoleOwner } from "@/web/store/approvals/policies.ts";

const PATH = "/admin/settings/approvals";

const form = define.form({
  input: soleOwnerForm,
  load: (trx) => findSoleOwner(trx),
  permission: "settings:write",
  confirm: true,
  audit: "approval.sole_owner_set",
  summary: "What becomes of operations that nobody but their asker could approve",
  title: ({ t }) => t("approvals.sole_title"),
  lead: ({ t }) => t("approvals.sole_lead"),
  back: ({ t }) => ({ href: PATH, label: t("approvals.settings_title") }),
  labels: { mode: "approvals.sole_mode", hours: "approvals.sole_hours" },
  values: ({ mode, coolingHours }) => ({ mode, hours: String(coolingHours) }),
  fields: ({ t, field }) => (
    <>
      <RadioCards
        {...field("mode")}
        options={(["at_once", "cooling_off"] as const).map((value) => ({
          value,
          label: t(`approvals.sole_${value}`),
          note: t(`approvals.sole_${value}_note`),
        }))}
        required
      />
      <NumberField
        {...field("hours")}
        hint={t("approvals.sole_hours_hint")}
        min={1}
        max={COOLING_HOURS_MAX}
        required
      />
    </>
  ),
  verb: ({ t }) => t("approvals.policy_save"),
  submit: ({ mode, hours }, { call }) => saveSoleOwner(...call, { mode, coolingHours: hours }),
  done: () => `${PATH}?done=saved`,
});

export default form.page;
export const { handler, route } = form;
