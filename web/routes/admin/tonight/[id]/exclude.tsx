import { formatDate } from "@/shared/calendar/mod.ts";
import { define } from "@/web/app/state.ts";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { excludeRowForm } from "@/web/route_table/tonight.ts";
import { excludeFromRun } from "@/web/services/cuts/exclude_from_run.ts";
import { aboutRow, tonightAfter } from "../(_parts)/about_row.tsx";

const form = define.form({
  ...aboutRow,
  input: excludeRowForm,
  audit: "subscription.excluded",
  summary: "Exclude a connection from one run",
  title: ({ t }) => t("tonight.exclude_title"),
  labels: { reason: "tables.reason" },
  fields: ({ t, field, problems, loaded: { businessOn } }) => {
    const reason = field("reason");
    return (
      <>
        <p>{t("tonight.exclude_effect", { day: formatDate(businessOn, t.locale) })}</p>
        <HiddenFields values={{ on: businessOn.toString() }} />
        <TextField {...reason} error={reason.error ?? problems.on} autofocus />
      </>
    );
  },
  verb: ({ t }) => t("tonight.exclude_verb"),
  submit: async ({ on, reason }, { call, loaded: { row, businessOn }, state: { t } }) => {
    if (on.equals(businessOn)) {
      return await excludeFromRun(...call, { subscriptionId: row.subscriptionId, businessOn: on, reason });
    }
    return { problems: { "": t("tonight.exclude_over", { day: formatDate(businessOn, t.locale) }) } };
  },
  done: () => tonightAfter("excluded"),
  undo: (_value, { loaded: { row } }) => row.subscriptionId,
});

export default form.page;
export const { handler, route } = form;
