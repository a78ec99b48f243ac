import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { connectionQuery } from "@/web/route_table/subscribers.ts";
import { removeConnection } from "@/web/services/subscribers/remove_connection.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { actorOf, may, momentOf, readPage, typed } from "@/web/app/page_context.ts";
import { findConnection } from "../(_parts)/find_connection.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface RemoveData {
  connection: SubscriptionDetail;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function RemovePage({ data, state }) {
  const { connection, problems } = data;
  const { t } = state;
  const path = `/admin/subscribers/${connection.subscriber_id}`;
  const values = { name: connection.ppp_name, router: connection.router_name };
  return (
    <>
      <PageHeader
        title={t("subscribers.remove_title")}
        back={{ href: path, label: connection.subscriber_name }}
      />
      <ErrorSummary errors={problems} title={t("subscribers.nothing_changed")} />
      <ConfirmPanel
        title={t("subscribers.remove_question", values)}
        tone="danger"
        effect={connection.secret === "wanted"
          ? t("subscribers.remove_gone", values)
          : t("subscribers.remove_off", values)}
        verb={t("subscribers.remove_verb")}
        action={`${path}/remove`}
        csrfToken={state.csrfToken}
        values={{ connection: connection.id }}
        cancelHref={path}
      >
        <p>{t("subscribers.remove_note")}</p>
      </ConfirmPanel>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "subscriber:write",
    params: idParams,
    input: connectionQuery,
    summary: "What taking a connection away will do",
  },
  POST: {
    audience: "staff",
    permission: "subscriber:write",
    params: idParams,
    input: oneConnectionForm,
    audit: "subscription.removed",
    summary: "Take away a connection that has no bill",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { connection: wanted } = readInput(ctx.state, connectionQuery);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.remove_title");
    const { connection } = await readPage(ctx.state, (trx) => findConnection(trx, id, wanted, moment));
    return page<RemoveData>({ connection, problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.remove_title");
    const wanted = typed(ctx.state, "connection");
    const { connection } = await readPage(ctx.state, (trx) => findConnection(trx, id, wanted, moment));
    readInput(ctx.state, oneConnectionForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await removeConnection(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriptionId: connection.id,
      mayVoidBills: may(ctx.state, "bill:void"),
    });
    if (!result.ok) {
      return page<RemoveData>({ connection, problems: { "": refusalText(ctx.state, result) } }, {
        status: 422,
      });
    }
    return ctx.redirect(`/admin/subscribers/${id}?done=removed`, 303);
  },
});
