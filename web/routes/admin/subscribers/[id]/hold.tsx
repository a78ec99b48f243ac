import { storedText } from "@/web/messages/coded_text.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { HOLD_DAYS_MAX } from "@/web/domain/cuts/limits.ts";
import { holdForm } from "@/web/route_table/subscribers.ts";
import { extendHold, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { connectionPage, subscriberPath } from "../(_parts)/about_connection.ts";

const DAYS_SUGGESTED = 3;

const form = define.form({
  ...connectionPage,
  input: holdForm,
  permission: "hold:write",
  audit: "subscription.held",
  summary: "Hold a connection until a date",
  title: ({ t, loaded: { connection } }) =>
    connection.hold_until === null ? t("tonight.hold_title") : t("subscribers.extend"),
  windowTitle: ({ t }) => t("tonight.hold_title"),
  lead: ({ loaded: { connection } }) => (
    <>
      {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
    </>
  ),
  labels: { until: "tables.hold_until", reason: "tables.reason" },
  values: ({ connection }, { moment, t }) => ({
    until: (connection.hold_until ?? moment.today).add({ days: DAYS_SUGGESTED }).toString(),
    reason: storedText(t, connection.hold_reason ?? ""),
  }),
  fields: ({ field, t, loaded: { connection }, moment: { today } }) => {
    const held = connection.hold_until;
    return (
      <>
        <p>
          {held === null ? t("subscribers.hold_what") : t("subscribers.held_line", {
            day: formatDate(held, t.locale),
            reason: storedText(t, connection.hold_reason ?? ""),
          })}
        </p>
        <DateField
          {...field("until")}
          min={held === null ? today : held.add({ days: 1 })}
          max={today.add({ days: HOLD_DAYS_MAX })}
          hint={t("tonight.hold_hint", { n: HOLD_DAYS_MAX })}
        />
        <TextField {...field("reason")} hint={t("subscribers.hold_reason_hint")} autofocus />
      </>
    );
  },
  verb: ({ t, loaded: { connection } }) =>
    connection.hold_until === null ? t("tonight.hold_verb") : t("subscribers.extend"),
  submit: async ({ until, reason }, { call, loaded: { connection }, state: { t } }) => {
    const subscriptionId = connection.id;
    const held = connection.hold_until;
    if (held === null) return await holdSubscription(...call, { subscriptionId, untilOn: until, reason });
    const { days } = held.until(until, { largestUnit: "days" });
    if (days >= 1) return await extendHold(...call, { subscriptionId, days });
    return { problems: { until: t("subscribers.hold_day_after", { day: formatDate(held, t.locale) }) } };
  },
  at: { hold_in_past: "until", hold_too_long: "until", days_not_understood: "until" },
  done: (_value, { loaded }) => subscriberPath(loaded, "held"),
  undo: (_value, { loaded }) => loaded.connection.id,
});

export default form.page;
export const { handler, route } = form;
