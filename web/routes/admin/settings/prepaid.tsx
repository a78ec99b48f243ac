import { z } from "zod";
import { define } from "@/web/app/state.ts";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { savePrepaidLapse } from "@/web/services/settings/save_prepaid_lapse.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

const form = define.form({
  input: z.object({ lapse: z.enum(["restart", "backdate"]) }),
  load: (trx) => getTenant(trx),
  permission: "settings:write",
  audit: "settings.prepaid_saved",
  summary: "Where a prepaid purchase begins after a lapse",
  title: ({ t }) => t("prepaid.lapse_title"),
  back: ({ t }) => ({ href: "/admin/plans", label: t("tables.list_plans") }),
  labels: { lapse: "prepaid.lapse" },
  values: (tenant) => ({ lapse: tenant.prepaid_lapse }),
  fields: ({ t, field }) => (
    <RadioCards
      {...field("lapse")}
      options={[
        { value: "restart", label: t("prepaid.lapse_restart"), note: t("prepaid.lapse_restart_note") },
        { value: "backdate", label: t("prepaid.lapse_backdate"), note: t("prepaid.lapse_backdate_note") },
      ]}
    />
  ),
  verb: ({ t }) => t("prepaid.lapse_save"),
  submit: ({ lapse }, { call }) => savePrepaidLapse(...call, { lapse }),
  done: () => "/admin/plans?done=lapse",
});

export default form.page;
export const { handler, route } = form;
