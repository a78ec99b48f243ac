import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { HiddenFields } from "@/web/components/Csrf.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { excludeRowForm } from "@/web/route_table/tonight.ts";
import { excludeFromRun } from "@/web/services/cuts/exclude_from_run.ts";
import { actorOf, typed } from "@/web/app/page_context.ts";
import { backTo, readRow, type RowNow, throwIfAbsent } from "../(_parts)/row_action.ts";
import { RowForm } from "../(_parts)/RowForm.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";

interface ExcludeData {
  now: RowNow;
  on: string;
  reason: string;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function ExcludeRowPage({ data, state }) {
  const { now, on, reason, problems } = data;
  const { t } = state;
  return (
    <RowForm
      title={t("tonight.exclude_title")}
      now={now}
      problems={problems}
      action="exclude"
      csrfToken={state.csrfToken}
      effect={t("tonight.exclude_effect", { day: formatDate(now.businessOn, t.locale) })}
      verb={t("tonight.exclude_verb")}
    >
      <HiddenFields values={{ on }} />
      <TextField
        name="reason"
        label={t("tables.reason")}
        value={reason}
        maxLength={REASON_MAX}
        error={problems.reason ?? problems.on}
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
    summary: "Form: exclude a connection from one run",
  },
  POST: {
    audience: "staff",
    permission: "hold:write",
    params: idParams,
    input: excludeRowForm,
    audit: "subscription.excluded",
    summary: "Exclude a connection from one run",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("tonight.exclude_title");
    const now = await readRow(ctx.state, readParams(ctx.state, idParams).id);
    return page<ExcludeData>({ now, on: now.businessOn.toString(), reason: "", problems: {} });
  },
  async POST(ctx) {
    ctx.state.title = ctx.state.t("tonight.exclude_title");
    const { id } = readParams(ctx.state, idParams);
    const now = await readRow(ctx.state, id);
    const refuse = (problems: Record<string, string>) =>
      page<ExcludeData>(
        { now, on: now.businessOn.toString(), reason: typed(ctx.state, "reason"), problems },
        {
          status: 422,
        },
      );
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, excludeRowForm);
    if (!form.on.equals(now.businessOn)) {
      return refuse({
        "": ctx.state.t("tonight.exclude_over", { day: formatDate(now.businessOn, ctx.state.locale) }),
      });
    }
    const { tenantId } = requireSession(ctx.state);
    const result = await excludeFromRun(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriptionId: id,
      businessOn: form.on,
      reason: form.reason,
    });
    if (result.ok) {
      return ctx.redirect(
        await withUndo(ctx.state, backTo({ view: "cut", siteId: undefined }, "excluded"), id),
        303,
      );
    }
    throwIfAbsent(result.code);
    return refuse({ [result.code.startsWith("reason") ? "reason" : ""]: refusalText(ctx.state, result) });
  },
});
