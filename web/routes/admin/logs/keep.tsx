import { define } from "@/web/app/state.ts";
import { NumberField } from "@/web/components/form/NumberField.tsx";
import { LOG_DAYS } from "@/web/domain/settings/limits.ts";
import { logDaysForm } from "@/web/route_table/logs.ts";
import { saveLogDays } from "@/web/services/system_log/save_log_days.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

const form = define.form({
  input: logDaysForm,
  load: (trx) => getTenant(trx),
  permission: "settings:write",
  audit: "settings.log_days_saved",
  summary: "How long lines of the system log are kept",
  title: ({ t }) => t("log.keep_title"),
  back: ({ t }) => ({ href: "/admin/logs", label: t("log.title") }),
  labels: { days: "log.keep_days" },
  values: (tenant) => ({ days: String(tenant.system_log_days) }),
  fields: ({ t, field }) => (
    <NumberField
      {...field("days")}
      min={LOG_DAYS.min}
      max={LOG_DAYS.max}
      hint={t("log.keep_hint", LOG_DAYS)}
    />
  ),
  verb: ({ t }) => t("log.keep_verb"),
  submit: ({ days }, { call }) => saveLogDays(...call, { days }),
  done: () => "/admin/logs?done=kept",
});

export default form.page;
export const { handler, route } = form;
