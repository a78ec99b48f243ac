import { define } from "@/web/app/state.ts";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { HOLD_DAYS_MAX } from "@/web/domain/cuts/limits.ts";
import { holdRowForm } from "@/web/route_table/tonight.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { aboutRow, tonightAfter } from "../(_parts)/about_row.tsx";
import { suggestedHold } from "../(_parts)/suggested_hold.ts";

const form = define.form({
  ...aboutRow,
  input: holdRowForm,
  audit: "subscription.held",
  summary: "Hold a connection until a date",
  title: ({ t }) => t("tonight.hold_title"),
  labels: { until: "tables.hold_until", reason: "tables.reason" },
  values: ({ today }) => ({ until: suggestedHold(today) }),
  fields: ({ t, field, loaded: { today } }) => (
    <>
      <p>{t("tonight.hold_effect")}</p>
      <DateField
        {...field("until")}
        min={today}
        max={today.add({ days: HOLD_DAYS_MAX })}
        hint={t("tonight.hold_hint", { n: HOLD_DAYS_MAX })}
      />
      <TextField {...field("reason")} hint={t("tonight.hold_reason_hint")} autofocus />
    </>
  ),
  verb: ({ t }) => t("tonight.hold_verb"),
  submit: ({ until, reason }, { call, loaded: { row } }) =>
    holdSubscription(...call, { subscriptionId: row.subscriptionId, untilOn: until, reason }),
  at: { hold_in_past: "until", hold_too_long: "until" },
  done: () => tonightAfter("held"),
  undo: (_value, { loaded: { row } }) => row.subscriptionId,
});

export default form.page;
export const { handler, route } = form;
