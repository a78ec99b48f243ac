import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { DateField } from "@/web/components/NumberField.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { holdRowForm } from "@/web/route_table/tonight.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { actorOf, typed } from "@/web/app/page_context.ts";
import { suggestedHold } from "../(_parts)/refuse.ts";
import { backTo, readRow, type RowNow, throwIfAbsent } from "../(_parts)/row_action.ts";
import { RowForm } from "../(_parts)/RowForm.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { HOLD_DAYS_MAX } from "@/web/domain/cuts/limits.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";

interface HoldData {
  now: RowNow;
  values: { until: string; reason: string };
  problems: Record<string, string>;
}

const FIELDS: Record<string, string> = {
  hold_in_past: "until",
  hold_too_long: "until",
  reason_required: "reason",
  reason_too_long: "reason",
};

export default define.page<typeof handler>(function HoldRowPage({ data: { now, values, problems }, state }) {
  const { t } = state;
  return (
    <RowForm
      title={t("tonight.hold_title")}
      now={now}
      problems={problems}
      action="hold"
      csrfToken={state.csrfToken}
      effect={t("tonight.hold_effect")}
      verb={t("tonight.hold_verb")}
    >
      <DateField
        name="until"
        label={t("tables.hold_until")}
        value={values.until}
        min={now.today}
        max={now.today.add({ days: HOLD_DAYS_MAX })}
        hint={t("tonight.hold_hint", { n: HOLD_DAYS_MAX })}
        error={problems.until}
        required
      />
      <TextField
        name="reason"
        label={t("tables.reason")}
        value={values.reason}
        hint={t("tonight.hold_reason_hint")}
        maxLength={REASON_MAX}
        error={problems.reason}
        autofocus
        required
      />
    </RowForm>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "hold:write",
    params: idParams,
    summary: "Form: hold a connection until a date",
  },
  POST: {
    audience: "staff",
    permission: "hold:write",
    params: idParams,
    input: holdRowForm,
    audit: "subscription.held",
    summary: "Hold a connection until a date",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("tonight.hold_title");
    const now = await readRow(ctx.state, readParams(ctx.state, idParams).id);
    const values = { until: suggestedHold(now.today), reason: "" };
    return page<HoldData>({ now, values, problems: {} });
  },
  async POST(ctx) {
    ctx.state.title = ctx.state.t("tonight.hold_title");
    const { id } = readParams(ctx.state, idParams);
    const now = await readRow(ctx.state, id);
    const values = { until: typed(ctx.state, "until"), reason: typed(ctx.state, "reason") };
    const refuse = (problems: Record<string, string>) =>
      page<HoldData>({ now, values, problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, holdRowForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await holdSubscription(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriptionId: id,
      untilOn: form.until,
      reason: form.reason,
    });
    if (result.ok) {
      return ctx.redirect(
        await withUndo(ctx.state, backTo({ view: "cut", siteId: undefined }, "held"), id),
        303,
      );
    }
    throwIfAbsent(result.code);
    return refuse({ [FIELDS[result.code] ?? ""]: refusalText(ctx.state, result) });
  },
});
