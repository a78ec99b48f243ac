import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { RadioCards } from "@/web/components/SelectField.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { connectionQuery, disconnectForm } from "@/web/route_table/subscribers.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { actorOf, momentOf, readPage, typed } from "@/web/app/page_context.ts";
import { type ChosenConnection, findConnection } from "../(_parts)/find_connection.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";

interface DisconnectData extends ChosenConnection {
  values: { kind: string; note: string };
  problems: Record<string, string>;
}

const KINDS = ["admin", "abuse", "vacation"] as const;

export default define.page<typeof handler>(function DisconnectPage({ data, state }) {
  const { connection, values, problems } = data;
  const { t } = state;
  const name = connection.subscriber_name;
  const path = `/admin/subscribers/${connection.subscriber_id}`;
  return (
    <>
      <PageHeader
        title={t("subscribers.disconnect")}
        back={{ href: path, label: connection.subscriber_name }}
      />
      <ErrorSummary errors={problems} title={t("bills.nothing_changed")} />
      <ConfirmPanel
        title={t("subscribers.disconnect_question", { name })}
        tone="danger"
        effect={
          <>
            {t("subscribers.goes_off")} <CodeText>{connection.ppp_name}</CodeText>{" "}
            {t("subscribers.on_router_named", { router: connection.router_name })}{" "}
            {t(`subscribers.session_${connection.connection}`)}
          </>
        }
        verb={t("subscribers.disconnect_of", { name })}
        action={`${path}/disconnect`}
        csrfToken={state.csrfToken}
        values={{ connection: connection.id }}
        cancelHref={path}
      >
        <p>
          {t("subscribers.disconnect_note")}
        </p>
        <RadioCards
          name="kind"
          label={t("tables.why")}
          required
          value={values.kind}
          options={KINDS.map((kind) => ({
            value: kind,
            label: t(`words.reason_${kind}`),
            note: t(`subscribers.kind_${kind}`),
          }))}
          error={problems.kind}
        />
        <TextField
          name="note"
          label={t("tables.reason")}
          required
          value={values.note}
          error={problems.note}
          maxLength={REASON_MAX}
          hint={t("bills.reason_hint")}
        />
      </ConfirmPanel>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "subscription:suspend",
    params: idParams,
    input: connectionQuery,
    summary: "What disconnecting will do",
  },
  POST: {
    audience: "staff",
    permission: "subscription:suspend",
    params: idParams,
    input: disconnectForm,
    audit: "subscription.suspended",
    summary: "Disconnect a connection by hand",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { connection: wanted } = readInput(ctx.state, connectionQuery);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.disconnect");
    const chosen = await readPage(ctx.state, (trx) => findConnection(trx, id, wanted, moment));
    return page<DisconnectData>({ ...chosen, values: { kind: "admin", note: "" }, problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const moment = momentOf(ctx.state);
    ctx.state.title = ctx.state.t("subscribers.disconnect");
    const wanted = typed(ctx.state, "connection");
    const chosen = await readPage(ctx.state, (trx) => findConnection(trx, id, wanted, moment));
    const values = { kind: typed(ctx.state, "kind"), note: typed(ctx.state, "note") };
    const refuse = (problems: Record<string, string>) =>
      page<DisconnectData>({ ...chosen, values, problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, disconnectForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await suspendSubscription(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriptionId: chosen.connection.id,
      reason: form.kind,
      note: form.note,
    });
    if (!result.ok) return refuse({ "": refusalText(ctx.state, result) });
    return ctx.redirect(
      await withUndo(ctx.state, `/admin/subscribers/${id}?done=disconnected`, chosen.connection.id),
      303,
    );
  },
});
