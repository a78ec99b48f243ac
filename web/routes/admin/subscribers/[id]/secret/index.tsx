import { storedText } from "@/web/messages/coded_text.ts";
import { WEB_COMMANDS } from "@/web/services/network/commands/command_registry.ts";
import { page } from "fresh";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/form/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import ShownOnce from "@/web/islands/ShownOnce.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { secretForm, secretQuery } from "@/web/route_table/new_subscribers.ts";
import { sendSecret } from "@/web/services/network/ppp_secret.ts";
import { type CommandRow, findCommand } from "@/web/store/network/commands.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { actorOf, momentOf, readPage, typed } from "@/web/app/frame/page_context.ts";
import { sentence } from "@/web/format.ts";
import { findConnection } from "../../(_parts)/find_connection.ts";
import { passwordCookie, readPassword } from "../../(_parts)/secret_cookie.ts";
import { isAwaited, secretStage } from "../../(_parts)/secret_progress.ts";
import { SecretSteps } from "../../(_parts)/SecretSteps.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { PPP_NAME_MAX } from "@/web/domain/network/limits.ts";

interface SecretData {
  connection: SubscriptionDetail;
  command: CommandRow | null;
  /** Only in the answer right after it was made. */
  password: string | null;
  done: string | undefined;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function SecretPage({ data, state }) {
  const { connection, command, password, done, problems } = data;
  const { t } = state;
  const messages = {
    added: t("subscribers.done_added"),
    connection_added: t("subscribers.done_connection_added"),
    not_sent: t("subscribers.not_sent"),
  };
  const path = `/admin/subscribers/${connection.subscriber_id}`;
  return (
    <>
      <PageHeader
        title={t("subscribers.secret_title")}
        back={{ href: path, label: connection.subscriber_name }}
        lead={
          <>
            <CodeText>{connection.ppp_name}</CodeText> · {connection.plan_name} · {connection.router_name}
          </>
        }
      />
      <Flash done={done} messages={messages} tone={done === "not_sent" ? "warn" : "ok"} />
      {problems[""] && <Banner tone="bad" live>{problems[""]}</Banner>}
      <Columns
        main={
          <>
            {password !== null && <PasswordCard connection={connection} password={password} state={state} />}
            <LiveRegion id="secret-progress">
              <ProgressCard
                connection={connection}
                command={command}
                state={state}
                pppProblem={problems.ppp}
              />
            </LiveRegion>
          </>
        }
        side={
          <Card title={t("subscribers.secret_dialup")}>
            <FactList
              facts={[
                { label: t("subscribers.ppp_user"), value: <CodeText>{connection.ppp_name}</CodeText> },
                {
                  label: t("subscribers.ppp_password"),
                  value: password === null ? t("subscribers.password_gone") : t("subscribers.password_left"),
                },
                { label: t("subscribers.service"), value: "PPPoE" },
                {
                  label: t("subscribers.profile"),
                  value: connection.ppp_profile ?? t("subscribers.profile_default"),
                },
              ]}
            />
          </Card>
        }
      />
    </>
  );
});

interface PasswordCardProps {
  connection: SubscriptionDetail;
  password: string;
  state: AppState;
}

function PasswordCard({ connection, password, state: { t } }: PasswordCardProps) {
  const path = `/admin/subscribers/${connection.subscriber_id}`;
  return (
    <Card title={t("subscribers.password_title")}>
      <p class="note">{t("subscribers.password_once")}</p>
      <dl class="dial-up">
        <div>
          <dt>{t("subscribers.ppp_user")}</dt>
          <dd class="mono">{connection.ppp_name}</dd>
        </div>
        <div>
          <dt>{t("subscribers.ppp_password")}</dt>
          <dd class="mono" id="ppp-password">{password}</dd>
        </div>
      </dl>
      <div class="cluster">
        <ShownOnce
          target="ppp-password"
          words={{ copy: t("subscribers.password_copy"), copied: t("subscribers.password_copied") }}
        />
        <LinkButton href={`${path}/secret?connection=${connection.id}`}>
          {t("subscribers.password_noted")}
        </LinkButton>
      </div>
    </Card>
  );
}

interface ProgressCardProps {
  connection: SubscriptionDetail;
  command: CommandRow | null;
  state: AppState;
  pppProblem: string | undefined;
}

function ProgressCard({ connection, command, state, pppProblem }: ProgressCardProps) {
  const { t } = state;
  const stage = secretStage({ connection, command });
  const path = `/admin/subscribers/${connection.subscriber_id}`;
  const values = { connection: connection.id };
  const action = { csrfToken: state.csrfToken, values };
  const isOpen = stage === "queued" || stage === "sent";
  const isWanted = connection.secret === "wanted";
  const canRename = isWanted && (stage === "failed" || stage === "not_sent");
  return (
    <Card
      title={t("subscribers.secret_progress")}
      foot={
        <>
          {isOpen && (
            <ActionForm small action={`${path}/secret/cancel`} {...action}>
              {t("subscribers.secret_cancel")}
            </ActionForm>
          )}
          {isWanted && !isOpen && (
            <ActionForm small action={`${path}/secret/link`} {...action}>
              {t("subscribers.secret_use_existing")}
            </ActionForm>
          )}
          {connection.secret === "made" && !isOpen && (
            <ActionForm small action={`${path}/secret`} {...action}>
              {t("subscribers.password_new")}
            </ActionForm>
          )}
          {connection.status === "pending" && !isWanted && (
            <ActionForm small action={`${path}/activate`} {...action}>{t("subscribers.activate")}</ActionForm>
          )}
          <LinkButton small href={path}>{t("subscribers.to_subscriber")}</LinkButton>
        </>
      }
    >
      <SecretSteps stage={stage} connection={connection} />
      <p>{stageWords(stage, { connection, command, t })}</p>
      {canRename && (
        <form class="form" method="post" action={`${path}/secret`}>
          <Csrf token={state.csrfToken} />
          <HiddenFields values={values} />
          <TextField
            name="ppp"
            label={t("subscribers.ppp_user")}
            mono
            required
            maxLength={PPP_NAME_MAX}
            value={connection.ppp_name}
            error={pppProblem}
          />
          <div class="form-actions">
            <Button kind="primary">{t("subscribers.secret_send")}</Button>
          </div>
        </form>
      )}
      {stage === "failed" && !isWanted && (
        <ActionForm kind="primary" action={`${path}/secret`} {...action}>
          {t("subscribers.secret_send")}
        </ActionForm>
      )}
    </Card>
  );
}

function stageWords(
  stage: ReturnType<typeof secretStage>,
  { connection, command, t }: Pick<ProgressCardProps, "connection" | "command"> & Pick<AppState, "t">,
): string {
  switch (stage) {
    case "not_sent":
      return t("subscribers.stage_not_sent");
    case "queued":
      return t("subscribers.stage_queued", { site: connection.site_name });
    case "sent":
      return connection.router_status === "online"
        ? t("subscribers.stage_sent", { router: connection.router_name })
        : t("subscribers.stage_waits_router", { router: connection.router_name });
    case "failed":
      return `${sentence(storedText(t, command?.error_message ?? ""))} ${t("subscribers.stage_failed")}`;
    case "made":
      return t(
        connection.status === "pending" && connection.activation === "by_hand"
          ? "subscribers.stage_made_off"
          : "subscribers.stage_made",
      );
    case "online":
      return t("subscribers.stage_online");
  }
}

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "subscriber:write",
    params: idParams,
    input: secretQuery,
    summary: "How far a PPP secret has come, with its password once",
  },
  POST: {
    audience: "staff",
    permission: WEB_COMMANDS["secret.create"].permission,
    params: idParams,
    input: secretForm,
    audit: "subscription.secret_sent",
    summary: "Make the PPP secret, or give it a new password",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    const { id } = readParams(state, idParams);
    const { connection: wanted, done } = readInput(state, secretQuery);
    const data = await load(state, id, wanted);
    const password = readPassword(ctx.req.headers, data.connection.id);
    const isWaiting = isAwaited(secretStage(data));
    // What is shown once must not be loaded away; without it the page follows also without the event stream.
    if (password === null && isWaiting) state.refreshSeconds = 10;
    if (password === null) return page<SecretData>({ ...data, password, done, problems: {} });
    return page<SecretData>({ ...data, password, done, problems: {} }, {
      headers: { "set-cookie": passwordCookie(state, id, null) },
    });
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id } = readParams(state, idParams);
    const data = await load(state, id, typed(state, "connection"));
    const refuse = (problems: Record<string, string>) =>
      page<SecretData>({ ...data, password: null, done: undefined, problems }, { status: 422 });
    if (state.inputProblems !== null) return refuse(state.inputProblems);
    const form = readInput(state, secretForm);
    const { tenantId } = requireSession(state);
    const result = await sendSecret(state.services, tenantId, actorOf(state), {
      subscriptionId: data.connection.id,
      pppName: form.ppp,
    });
    if (!result.ok) {
      const isName = result.code === "ppp_name_invalid" || result.code === "ppp_name_taken";
      return refuse({ [isName ? "ppp" : ""]: refusalText(ctx.state, result) });
    }
    const response = ctx.redirect(`/admin/subscribers/${id}/secret?connection=${data.connection.id}`, 303);
    const made = { subscriptionId: data.connection.id, password: result.value.password };
    response.headers.append("set-cookie", passwordCookie(state, id, made));
    return response;
  },
});

async function load(state: AppState, subscriberId: string, connectionId: string | undefined) {
  const moment = momentOf(state);
  state.title = state.t("subscribers.secret_title");
  const data = await readPage(state, async (trx) => {
    const { connection } = await findConnection(trx, subscriberId, connectionId, moment);
    const { secret_command_id: commandId } = connection;
    return { connection, command: commandId === null ? null : await findCommand(trx, commandId) };
  });
  state.live = [`subscriber:${subscriberId}`, `router:${data.connection.router_id}`];
  return data;
}
