import type { Translate } from "@/web/messages/mod.ts";
import { refusalText } from "@/web/app/refusal_text.ts";
import { page } from "fresh";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { connectionQuery, reconnectForm } from "@/web/route_table/subscribers.ts";
import { resumeSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import type { BlockReasonRow } from "@/web/store/cuts/block_reasons.ts";
import { actorOf, momentOf, type PageMoment, readPage, typed } from "@/web/app/page_context.ts";
import { REASONS_BY_HAND, shortDay } from "@/web/app/page_words.ts";
import { type ChosenConnection, findConnection } from "../(_parts)/find_connection.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface ReconnectData extends ChosenConnection {
  moment: PageMoment;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function ReconnectPage({ data, state }) {
  const { connection, reasons, moment, problems } = data;
  const { t } = state;
  const path = `/admin/subscribers/${connection.subscriber_id}`;
  const removable = reasons.filter(({ reason }) => REASONS_BY_HAND.includes(reason));
  return (
    <>
      <PageHeader
        title={t("subscribers.reconnect")}
        back={{ href: path, label: connection.subscriber_name }}
      />
      <ErrorSummary errors={problems} />
      {removable.length === 0 && (
        <section class="card">
          <EmptyState
            icon="plug"
            title={t("subscribers.nothing_away")}
            actions={<LinkButton href={path}>{t("states.go_back")}</LinkButton>}
          >
            {reasons.length > 0 ? t("subscribers.off_nonpayment") : t("subscribers.nobody_off")}
          </EmptyState>
        </section>
      )}
      {removable.map((row) => (
        <ConfirmPanel
          title={t("subscribers.reconnect_question", { name: connection.subscriber_name })}
          tone="primary"
          effect={
            <>
              {effectOf(t, row, reasons)} <CodeText>{connection.ppp_name}</CodeText>{" "}
              {t("subscribers.on_router_named", { router: connection.router_name })}
            </>
          }
          verb={reasons.length > 1
            ? t("subscribers.take_away", { reason: t(`words.reason_${row.reason}`).toLowerCase() })
            : t("subscribers.reconnect")}
          action={`${path}/reconnect`}
          csrfToken={state.csrfToken}
          values={{ connection: connection.id, reason: row.reason }}
          cancelHref={path}
        >
          <p>
            {t("subscribers.reason_line", {
              reason: t(`words.reason_${row.reason}`),
              day: shortDay(row.added_on, moment.today, t.locale),
              by: row.added_by,
            })}
            {row.note === null ? "" : `: ${row.note}`}
          </p>
        </ConfirmPanel>
      ))}
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "subscription:suspend",
    params: idParams,
    input: connectionQuery,
    summary: "What reconnecting will do",
  },
  POST: {
    audience: "staff",
    permission: "subscription:suspend",
    params: idParams,
    input: reconnectForm,
    audit: "subscription.resumed",
    summary: "Take away a reason that was set by hand",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { connection: wanted } = readInput(ctx.state, connectionQuery);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.reconnect");
    const chosen = await readPage(ctx.state, (trx) => findConnection(trx, id, wanted, moment));
    return page<ReconnectData>({ ...chosen, moment, problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.reconnect");
    const wanted = typed(ctx.state, "connection");
    const chosen = await readPage(ctx.state, (trx) => findConnection(trx, id, wanted, moment));
    const refuse = (problems: Record<string, string>) =>
      page<ReconnectData>({ ...chosen, moment, problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse({ "": ctx.state.t("subscribers.choose_away") });
    const form = readInput(ctx.state, reconnectForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await resumeSubscription(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriptionId: chosen.connection.id,
      reason: form.reason,
    });
    if (!result.ok) return refuse({ "": refusalText(ctx.state, result) });
    const isOn = chosen.reasons.length === 1;
    return ctx.redirect(
      await withUndo(
        ctx.state,
        `/admin/subscribers/${id}?done=${isOn ? "reconnected" : "reason_removed"}`,
        chosen.connection.id,
      ),
      303,
    );
  },
});

function effectOf(t: Translate, row: BlockReasonRow, reasons: readonly BlockReasonRow[]): string {
  const others = reasons.filter((other) => other !== row);
  if (others.length === 0) return t("subscribers.goes_on");
  return t("subscribers.stays_off_for", {
    reasons: others.map(({ reason }) => t(`words.reason_${reason}`).toLowerCase()).join(", "),
  });
}
