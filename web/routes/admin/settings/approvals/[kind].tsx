import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { define } from "@/web/app/state.ts";
import { MoneyField, NumberField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import {
  type ApprovalKindId,
  EXPIRE_DAYS_MAX,
  FROM_COUNT_MAX,
  NO_APPROVAL,
} from "@/web/domain/approvals/mod.ts";
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
    count: "approvals.policy_count",
    binds: "approvals.policy_binds",
    days: "approvals.policy_days",
  },
  values: ({ policy: { mode, fromCentavos, fromCount, binds, expireDays } }) => ({
    mode,
    from: fromCentavos === null ? "" : formatCentavosPlain(centavos(fromCentavos)),
    count: fromCount?.toString() ?? "",
    binds,
    days: String(expireDays),
  }),
  fields: ({ t, field, loaded: { kind } }) => (
    <>
      <RadioCards
        {...field("mode")}
        options={modesOf(kind).map((mode) => ({
          value: mode === "above_count" ? "above" : mode,
          label: t(`approvals.mode_${mode}`),
          note: t(`approvals.mode_${mode}_note`),
        }))}
        required
      />
      {kindOf(kind).hasAmount && <MoneyField {...field("from")} hint={t("approvals.policy_from_hint")} />}
      {kindOf(kind).hasCount && (
        <NumberField
          {...field("count")}
          hint={t("approvals.policy_count_hint")}
          min={1}
          max={FROM_COUNT_MAX}
        />
      )}
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
  submit: ({ mode, from, count, binds, days }, { call, loaded: { kind } }) =>
    savePolicy(...call, {
      kind,
      policy: { mode, fromCentavos: from, fromCount: count, binds, expireDays: days },
    }),
  done: () => `${PATH}?done=saved`,
});

export default form.page;
export const { handler, route } = form;

/** What a policy of a kind may be. */
function modesOf(kind: ApprovalKindId) {
  const { hasAmount = false, hasCount = false } = kindOf(kind);
  if (hasCount) return ["off", "above_count", "always"] as const;
  return hasAmount ? ["off", "above", "always"] as const : ["off", "always"] as const;
}
