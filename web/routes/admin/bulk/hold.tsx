import { parseDate } from "@/shared/calendar/mod.ts";
import { refusalText } from "@/web/app/refusal_text.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { DateField } from "@/web/components/NumberField.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { bulkHold } from "@/web/services/cuts/bulk_holds.ts";
import { actorOf, momentOf } from "@/web/app/page_context.ts";
import { suggestedHold } from "../tonight/(_parts)/suggested_hold.ts";
import { BulkPage } from "./(_parts)/BulkPage.tsx";
import { bulkHandlers } from "./(_parts)/handle.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { bulkForm } from "@/web/route_table/bulk.ts";
import { HOLD_DAYS_MAX } from "@/web/domain/cuts/limits.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";

export default define.page<typeof handler>(function BulkHoldPage({ data, state }) {
  const { t } = state;
  const { today } = momentOf(state);
  const held = data.rows.filter((row) => row.hold_until !== null).length;
  const free = data.rows.filter((row) => row.hold_until === null && !row.is_cut);
  const cut = data.rows.length - held - free.length;
  const owed = formatPeso(centavos(free.reduce((total, row) => total + row.balance_centavos, 0n)));
  return (
    <BulkPage
      data={data}
      state={state}
      title={t("tables.hold_title")}
      question={t("tables.hold_question", { n: free.length })}
      effect={[
        t("tables.hold_effect", { n: free.length, owed }),
        held > 0 && t("tables.hold_same", { n: held }),
        cut > 0 && t("tables.hold_cut", { n: cut }),
      ]}
      verb={t("tables.hold_verb", { n: free.length })}
      action="/admin/bulk/hold"
    >
      <DateField
        name="until"
        label={t("tables.hold_until")}
        value={data.form.until || suggestedHold(today)}
        min={today}
        max={today.add({ days: HOLD_DAYS_MAX })}
        error={data.problems.until}
        required
      />
      <TextField
        name="reason"
        label={t("tables.reason")}
        value={data.form.reason}
        hint={t("tables.reason_hint")}
        maxLength={REASON_MAX}
        error={data.problems.reason}
        autofocus
        required
      />
    </BulkPage>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "hold:write", summary: "Leads back to the list" },
  POST: {
    audience: "staff",
    permission: "hold:write",
    input: bulkForm,
    audit: "bulk.hold",
    summary: "Hold many connections until a date",
  },
};

export const handler = define.handlers(bulkHandlers({
  title: "tables.hold_title",
  done: "bulk_held",
  fields: {
    hold_in_past: "until",
    hold_too_long: "until",
    reason_required: "reason",
    reason_too_long: "reason",
  },
  extra: () => Promise.resolve(null),
  act(state, form, targets) {
    const until = parseDate(form.until);
    if (!until.ok) return Promise.resolve({ problems: { until: refusalText(state, until) } });
    const input = { ...targets, untilOn: until.value, reason: form.reason };
    return bulkHold(state.services, requireSession(state).tenantId, actorOf(state), input);
  },
}));
