import { formatDate } from "@/shared/calendar/mod.ts";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { formatPlural } from "@/web/format.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { moreTimeForm } from "@/web/route_table/tonight.ts";
import { extendHold, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { actorOf, momentOf, readPage } from "@/web/app/page_context.ts";
import { refuseOnTonight, refuseRow } from "../(_parts)/refuse.ts";
import { backTo, placeOf, readRow, throwIfAbsent } from "../(_parts)/row_action.ts";
import { moreTimeUntil } from "../(_parts)/RowMenu.tsx";
import { TonightPage } from "../(_parts)/TonightPage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <TonightPage data={data} state={state} />);

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "hold:write", params: idParams, summary: "Leads back to Tonight" },
  POST: {
    audience: "staff",
    permission: "hold:write",
    params: idParams,
    input: moreTimeForm,
    audit: "subscription.hold_extended",
    summary: "Give a connection 3 or 7 more days",
  },
};

export const handler = define.handlers({
  // The address of a refused form, opened again.
  GET: (ctx) => ctx.redirect("/admin/tonight", 303),
  async POST(ctx) {
    const { id: subscriptionId } = readParams(ctx.state, idParams);
    const place = placeOf(ctx.state);
    if (ctx.state.inputProblems !== null) {
      return await refuseOnTonight(ctx.state, place, {
        "": Object.values(ctx.state.inputProblems).join(" "),
      });
    }
    const { t } = ctx.state;
    const { days, on, held } = readInput(ctx.state, moreTimeForm);
    const { row, note } = await readPage(
      ctx.state,
      (trx) => readRow(trx, momentOf(ctx.state), subscriptionId),
    );
    if (row.holdUntil !== null && !(held !== null && row.holdUntil.equals(held))) {
      const by = note === undefined ? t("tonight.somebody") : note.by;
      return await refuseRow(
        ctx.state,
        place,
        t("tonight.changed_first", { by, name: row.name, day: formatDate(row.holdUntil, t.locale) }),
      );
    }
    const { tenantId } = requireSession(ctx.state);
    const result = held === null
      ? await holdSubscription(ctx.state.services, tenantId, actorOf(ctx.state), {
        subscriptionId,
        untilOn: moreTimeUntil(null, on, days),
        reason: `${formatPlural(days, "more day")}, given on Tonight`,
      })
      : await extendHold(ctx.state.services, tenantId, actorOf(ctx.state), { subscriptionId, days });
    if (result.ok) {
      return ctx.redirect(
        await withUndo(ctx.state, backTo(place, held === null ? "held" : "extended"), subscriptionId),
        303,
      );
    }
    throwIfAbsent(result.code);
    return await refuseRow(ctx.state, place, `${row.name}: ${refusalText(ctx.state, result)}`);
  },
});
