import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { DateField, MoneyField } from "@/web/components/form/NumberField.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { optionalDate, optionalPeso } from "@/web/route_table/fields.ts";
import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { agreeRules, connectionRulesVersion } from "@/web/services/billing/agree_rules.ts";
import { rulesOf, toOwnRules as ownRulesOf } from "@/web/services/billing/rule_levels.ts";
import {
  OWN_RULES_LABELS,
  OwnRulesFields,
  ownRulesInput,
  ownRulesValues,
  toOwnRules,
} from "../../(_rules)/rule_fields.tsx";
import { connectionPage, subscriberPath } from "../(_parts)/about_connection.ts";
import { rulesColumns } from "@/web/store/billing/own_rules.ts";

const lockInFields = {
  lockUntil: optionalDate,
  lockKind: z.enum(["flat", "per_month"]).optional().transform((kind) => kind ?? "flat"),
  lockAmount: optionalPeso,
};

/** Both or neither: a day without a fee says nothing. */
function isWholeLockIn({ lockUntil, lockAmount }: { lockUntil: unknown; lockAmount: unknown }): boolean {
  return (lockUntil === null) === (lockAmount === null);
}

const form = define.form({
  ...connectionPage,
  input: z.object({ ...oneConnectionForm.shape, ...ownRulesInput, ...lockInFields })
    .refine(isWholeLockIn, { error: says("lock_in_incomplete"), path: ["lockAmount"] }),
  permission: "plan:write",
  audit: "subscription.rules_agreed",
  summary: "Days to pay, grace, first bill and fees of one connection",
  title: ({ t, loaded: { connection } }) => t("subscribers.rules_title", { ppp: connection.ppp_name }),
  windowTitle: ({ t }) => t("subscribers.rules"),
  lead: ({ loaded: { connection } }) => (
    <>
      {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
    </>
  ),
  labels: {
    ...OWN_RULES_LABELS,
    lockUntil: "subscribers.lock_until",
    lockKind: "subscribers.lock_kind",
    lockAmount: "subscribers.lock_amount",
  },
  values: ({ connection }) => ({
    ...ownRulesValues(ownRulesOf(connection)),
    lockUntil: connection.lock_in_until?.toString() ?? "",
    lockKind: connection.lock_in_fee_kind ?? "flat",
    lockAmount: connection.lock_in_fee_centavos === null
      ? ""
      : formatCentavosPlain(centavos(connection.lock_in_fee_centavos)),
  }),
  edits: {
    subject: ({ connection }) => connection.id,
    version: ({ connection }) => connectionRulesVersion(connection),
  },
  fields: (view) => (
    <>
      <p>{view.t("subscribers.rules_lead")}</p>
      <OwnRulesFields
        view={view}
        above={rulesOf(view.moment.tenant, rulesColumns(view.loaded.connection.plan_rules))}
      />
      <p class="note">{view.t("subscribers.lock_what")}</p>
      <div class="form-row">
        <DateField {...view.field("lockUntil")} />
        <MoneyField {...view.field("lockAmount")} />
      </div>
      <SelectField
        {...view.field("lockKind")}
        width="medium"
        options={(["flat", "per_month"] as const).map((value) => ({
          value,
          label: view.t(`subscribers.lock_${value}`),
        }))}
      />
    </>
  ),
  verb: ({ t }) => t("subscribers.rules_save"),
  submit: ({ lockUntil, lockKind, lockAmount, ...rules }, { call, seen, loaded }) =>
    agreeRules(...call, {
      subscriptionId: loaded.connection.id,
      rules: toOwnRules(rules),
      lockIn: lockUntil === null || lockAmount === null
        ? null
        : { until: lockUntil, kind: lockKind, amountCentavos: lockAmount },
      seen,
    }),
  done: (_value, { loaded }) => subscriberPath(loaded, "rules"),
  undo: (_value, { loaded }) => loaded.connection.id,
});

export default form.page;
export const { handler, route } = form;
