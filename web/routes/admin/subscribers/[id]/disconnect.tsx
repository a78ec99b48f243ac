import { page } from "fresh";
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
import { suspendSubscription } from "@/web/services/suspend_subscription.ts";
import { actorOf, momentOf, readPage, typed } from "../../(_billing)/page_context.ts";
import { sentence } from "../../(_billing)/words.ts";
import { type ChosenConnection, findConnection } from "../(_parts)/find_connection.ts";

interface DisconnectData extends ChosenConnection {
  values: { kind: string; note: string };
  problems: Record<string, string>;
}

const KINDS = [
  { value: "admin", label: "Office decision", note: "Anything else; the reason says what." },
  { value: "abuse", label: "Abuse", note: "Reselling, attacks, spam." },
  { value: "vacation", label: "Vacation", note: "The subscriber asked for it." },
];

export default define.page<typeof handler>(function DisconnectPage({ data, state }) {
  const { connection, values, problems } = data;
  const path = `/admin/subscribers/${connection.subscriber_id}`;
  return (
    <>
      <PageHeader title="Disconnect" back={{ href: path, label: connection.subscriber_name }} />
      <ErrorSummary errors={problems} title="Nothing was changed. Check these fields:" />
      <ConfirmPanel
        title={`Disconnect ${connection.subscriber_name}?`}
        tone="danger"
        effect={
          <>
            1 connection goes off: <CodeText>{connection.ppp_name}</CodeText> on {connection.router_name}.
            {" "}
            {sessionWords(connection.connection)}
          </>
        }
        verb={`Disconnect ${connection.subscriber_name}`}
        action={`${path}/disconnect`}
        csrfToken={state.csrfToken}
        values={{ connection: connection.id }}
        cancelHref={path}
      >
        <p>
          It stays off until somebody reconnects it. Payments do not bring it back. Bills go on as they are.
        </p>
        <RadioCards
          name="kind"
          label="Why"
          required
          value={values.kind}
          options={KINDS}
          error={problems.kind}
        />
        <TextField
          name="note"
          label="Reason"
          required
          value={values.note}
          error={problems.note}
          maxLength={200}
          hint="For the timeline, seen by staff."
        />
      </ConfirmPanel>
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { connection: wanted } = readInput(ctx.state, connectionQuery);
    const moment = momentOf(ctx.state);
    ctx.state.title = "Disconnect";
    const chosen = await readPage(ctx.state, (trx) => findConnection(trx, id, wanted, moment));
    return page<DisconnectData>({ ...chosen, values: { kind: "admin", note: "" }, problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const moment = momentOf(ctx.state);
    ctx.state.title = "Disconnect";
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
    if (!result.ok) return refuse({ "": sentence(result.message) });
    return ctx.redirect(
      await withUndo(ctx.state, `/admin/subscribers/${id}?done=disconnected`, chosen.connection.id),
      303,
    );
  },
});

function sessionWords(connection: "online" | "offline" | "unknown"): string {
  if (connection === "online") return "The session that is up now ends.";
  return connection === "offline"
    ? "There is no session now."
    : "The router is not reachable now: it happens when the router is back.";
}
