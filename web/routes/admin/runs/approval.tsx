import { define } from "@/web/app/state.ts";
import { NumberField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { BILL_APPROVALS } from "@/web/domain/billing/mod.ts";
import { APPROVAL_OVER_MAX } from "@/web/domain/billing/limits.ts";
import { approvalForm } from "@/web/route_table/decisions.ts";
import { setBillApproval } from "@/web/services/billing/set_bill_approval.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

const form = define.form({
  input: approvalForm,
  load: (trx) => getTenant(trx),
  permission: "settings:write",
  audit: "bill_approval.set",
  summary: "When a bill run waits for an approval",
  title: ({ t }) => t("runs.approval_title"),
  lead: ({ t }) => t("runs.approval_lead"),
  back: ({ t }) => ({ href: "/admin/runs/next", label: t("runs.next_title") }),
  labels: {
    approval: "runs.approval_field",
    over: "runs.approval_over",
  },
  values: ({ bill_approval, bill_approval_over }) => ({
    approval: bill_approval,
    over: String(bill_approval_over),
  }),
  edits: {
    subject: ({ id }) => id,
    version: ({ bill_approval, bill_approval_over }) => `${bill_approval} ${bill_approval_over}`,
  },
  fields: ({ field, t }) => (
    <>
      <RadioCards
        {...field("approval")}
        options={BILL_APPROVALS.map((value) => ({
          value,
          label: t(`runs.approval_${value}`),
          note: t(`runs.approval_${value}_note`),
        }))}
        required
      />
      <NumberField
        {...field("over")}
        hint={t("runs.approval_over_hint")}
        min={0}
        max={APPROVAL_OVER_MAX}
        required
      />
      <p class="note">
        <a href="/admin/settings/approvals">{t("runs.approval_others")}</a>
      </p>
    </>
  ),
  verb: ({ t }) => t("runs.approval_save"),
  submit: (input, { call }) => setBillApproval(...call, input),
  done: () => "/admin/runs/next?done=approval_set",
});

export default form.page;
export const { handler, route } = form;
