import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { Csrf, HiddenFields } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { DateField } from "@/web/components/NumberField.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { connectionQuery, holdForm } from "@/web/route_table/subscribers.ts";
import { extendHold, type HoldCode, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { actorOf, momentOf, readPage, typed } from "@/web/app/page_context.ts";
import { findConnection } from "../(_parts)/find_connection.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { HOLD_DAYS_MAX } from "@/web/domain/cuts/limits.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";

interface HoldData {
  connection: SubscriptionDetail;
  today: Temporal.PlainDate;
  values: { until: string; reason: string };
  problems: Record<string, string>;
}

const DAYS_SUGGESTED = 3;
/** Refusals that belong to the date; the others are about the hold as a whole. */
const AT_DATE: readonly HoldCode[] = ["hold_in_past", "hold_too_long", "days_not_understood"];

export default define.page<typeof handler>(function HoldPage({ data, state }) {
  const { connection, today, values, problems } = data;
  const { t } = state;
  const path = `/admin/subscribers/${connection.subscriber_id}`;
  const held = connection.hold_until;
  return (
    <>
      <PageHeader
        title={held === null ? t("tonight.hold_title") : t("subscribers.extend")}
        back={{ href: path, label: connection.subscriber_name }}
        lead={
          <>
            {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
          </>
        }
      />
      <Card>
        <form class="form" method="post" action={`${path}/hold`}>
          <Csrf token={state.csrfToken} />
          <HiddenFields values={{ connection: connection.id }} />
          <ErrorSummary errors={problems} />
          <p>
            {held === null ? t("subscribers.hold_what") : t("subscribers.held_line", {
              day: formatDate(held, t.locale),
              reason: connection.hold_reason ?? "",
            })}
          </p>
          <DateField
            name="until"
            label={t("tables.hold_until")}
            required
            value={values.until}
            min={held === null ? today : held.add({ days: 1 })}
            max={today.add({ days: HOLD_DAYS_MAX })}
            error={problems.until}
            hint={t("tonight.hold_hint", { n: HOLD_DAYS_MAX })}
          />
          <TextField
            name="reason"
            label={t("tables.reason")}
            required
            value={values.reason}
            error={problems.reason}
            maxLength={REASON_MAX}
            hint={t("subscribers.hold_reason_hint")}
            autofocus
          />
          <div class="form-actions">
            <Button kind="primary">{held === null ? t("tonight.hold_verb") : t("subscribers.extend")}</Button>
            <LinkButton href={path}>{t("states.go_back")}</LinkButton>
          </div>
        </form>
      </Card>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "hold:write",
    params: idParams,
    input: connectionQuery,
    summary: "Form to hold a connection",
  },
  POST: {
    audience: "staff",
    permission: "hold:write",
    params: idParams,
    input: holdForm,
    audit: "subscription.held",
    summary: "Hold a connection until a date",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { connection: wanted } = readInput(ctx.state, connectionQuery);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("tonight.hold_title");
    const { connection } = await readPage(ctx.state, (trx) => findConnection(trx, id, wanted, moment));
    const until = (connection.hold_until ?? moment.today).add({ days: DAYS_SUGGESTED }).toString();
    const values = { until, reason: connection.hold_reason ?? "" };
    return page<HoldData>({ connection, today: moment.today, values, problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("tonight.hold_title");
    const wanted = typed(ctx.state, "connection");
    const { connection } = await readPage(ctx.state, (trx) => findConnection(trx, id, wanted, moment));
    const values = { until: typed(ctx.state, "until"), reason: typed(ctx.state, "reason") };
    const refuse = (problems: Record<string, string>) =>
      page<HoldData>({ connection, today: moment.today, values, problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, holdForm);
    const { tenantId } = requireSession(ctx.state);
    const held = connection.hold_until;
    const actor = actorOf(ctx.state);
    if (held !== null) {
      const days = held.until(form.until, { largestUnit: "days" }).days;
      if (days < 1) {
        return refuse({
          until: ctx.state.t("subscribers.hold_day_after", { day: formatDate(held, ctx.state.locale) }),
        });
      }
      const extended = await extendHold(ctx.state.services, tenantId, actor, {
        subscriptionId: connection.id,
        days,
      });
      if (!extended.ok) return refuse({ [fieldOf(extended.code)]: refusalText(ctx.state, extended) });
      return ctx.redirect(
        await withUndo(ctx.state, `/admin/subscribers/${id}?done=held`, connection.id),
        303,
      );
    }
    const result = await holdSubscription(ctx.state.services, tenantId, actor, {
      subscriptionId: connection.id,
      untilOn: form.until,
      reason: form.reason,
    });
    if (!result.ok) return refuse({ [fieldOf(result.code)]: refusalText(ctx.state, result) });
    return ctx.redirect(await withUndo(ctx.state, `/admin/subscribers/${id}?done=held`, connection.id), 303);
  },
});

function fieldOf(code: HoldCode): string {
  if (AT_DATE.includes(code)) return "until";
  return code === "reason_required" || code === "reason_too_long" ? "reason" : "";
}
