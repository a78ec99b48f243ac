import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { define } from "@/web/app/state.ts";
import { MoneyField, NumberField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { EXPIRE_DAYS_MAX, NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { kindParams, policyForm } from "@/web/route_table/approvals.ts";
import { kindOf } from "@/web/services/approvals/registry.ts";
import { savePolicy } from "@/web/services/approvals/save_policy.ts";
import { listPolicies } from "@/web/store/approvals/policies.ts";
import { kindText } from "../../approvals/(_parts)/request_words.tsx";

const PATH = "/admin/settings/approvals";

const form = define.form({
  params: kindParams,
  input: policyForm,
  load: async (trx, { params: { kind } }) => ({
    kind,
    policy: (await listPolicies(trx)).get(kind) ?? NO_APPROVAL,
  }),
  permission: "settings:write",
  confirm: true,
  audit: "approval.policy_set",
  summary: "When operations of a kind need an approval",
  title: ({ t, loaded: { kind } }) => kindText(kind, t),
  back: ({ t }) => ({ href: PATH, label: t("approvals.settings_title") }),
  labels: {
    mode: "approvals.policy_mode",
    from: "approvals.policy_from",
    binds: "approvals.policy_binds",
    days: "approvals.policy_days",
  },
  values: ({ policy: { mode, fromCentavos, binds, expireDays } }) => ({
    mode,
    from: fromCentavos === null ? "" : formatCentavosPlain(centavos(fromCentavos)),
    binds,
    days: String(expireDays),
  }),
  fields: ({ t, field, loaded: { kind } }) => (
    <>
      <RadioCards
        {...field("mode")}
        options={(kindOf(kind).hasAmount ? ["off", "above", "always"] as const : ["off", "always"] as const)
          .map((value) => ({
            value,
            label: t(`approvals.mode_${value}`),
            note: t(`approvals.mode_${value}_note`),
          }))}
        required
      />
      {kindOf(kind).hasAmount && <MoneyField {...field("from")} hint={t("approvals.policy_from_hint")} />}
      <RadioCards
        {...field("binds")}
        options={(["others", "everyone"] as const).map((value) => ({
          value,
          label: t(`approvals.binds_${value}`),
          note: t(`approvals.binds_${value}_note`),
        }))}
        required
      />
      <NumberField
        {...field("days")}
        hint={t("approvals.policy_days_hint")}
        min={1}
        max={EXPIRE_DAYS_MAX}
        required
      />
    </>
  ),
  verb: ({ t }) => t("approvals.policy_save"),
  submit: ({ mode, from, binds, days }, { call, loaded: { kind } }) =>
    savePolicy(...call, { kind, policy: { mode, fromCentavos: from, binds, expireDays: days } }),
  done: () => `${PATH}?done=saved`,
});

export default form.page;
export const { handler, route } = form;
