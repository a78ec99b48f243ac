import { WEB_COMMANDS } from "@/web/services/network/commands/command_registry.ts";
import type { FormView } from "@/web/app/form/form_types.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { secretForm, secretQuery } from "@/web/route_table/new_subscribers.ts";
import { sendSecret } from "@/web/services/network/ppp_secret.ts";
import { findCommand } from "@/web/store/network/commands.ts";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { findConnection } from "../../(_parts)/find_connection.ts";
import { type ConnectionAction, OfferedActions } from "../../(_parts)/OfferedActions.tsx";
import { passwordCookie, readPassword } from "../../(_parts)/secret_cookie.ts";
import { isAwaited, secretStage } from "../../(_parts)/secret_progress.ts";
import { DialUpCard, PasswordCard, ProgressCard, type SecretView } from "../../(_parts)/SecretCards.tsx";
import { buysFirst, mayActivate } from "../../(_parts)/waiting_connection.ts";
import { route as activate } from "../activate.ts";
import { route as cancel } from "./cancel.ts";
import { route as link } from "./link.ts";

const form = define.form({
  params: idParams,
  query: secretQuery,
  input: secretForm,
  load: async (trx, { params, query, moment, headers, isSent }) => {
    const { connection } = await findConnection(trx, params.id, query.connection, moment);
    const { secret_command_id: commandId } = connection;
    return {
      connection,
      command: commandId === null ? null : await findCommand(trx, commandId),
      password: isSent ? null : readPassword(headers, connection.id),
      done: query.done,
      buys: query.unit === undefined ? "" : `&unit=${query.unit}&begins=${query.begins ?? "day"}`,
    };
  },
  permission: WEB_COMMANDS["secret.create"].permission,
  audit: "subscription.secret_sent",
  summary: "Make the PPP secret, or give it a new password",
  readers: {
    permission: "subscriber:write",
    summary: "How far a PPP secret has come, with its password once",
  },
  title: ({ t }) => t("subscribers.secret_title"),
  hidden: connectionPage.hidden,
  back: connectionPage.back,
  lead: ({ loaded: { connection } }) => (
    <>
      <CodeText>{connection.ppp_name}</CodeText> · {connection.plan_name} · {connection.router_name}
    </>
  ),
  live: ({ loaded: { connection } }) => [
    `subscriber:${connection.subscriber_id}`,
    `router:${connection.router_id}`,
  ],
  // What is shown once must not be loaded away; without it the page follows also without the event stream.
  refreshSeconds: ({ loaded, problems }) =>
    loaded.password === null && Object.keys(problems).length === 0 && isAwaited(secretStage(loaded))
      ? 10
      : undefined,
  // The page that shows it takes it away from the browser.
  headers: ({ state, loaded: { connection, password } }): Record<string, string> =>
    password === null ? {} : { "set-cookie": passwordCookie(state, connection.subscriber_id, null) },
  labels: { ppp: "subscribers.ppp_user" },
  values: ({ connection }) => ({ ppp: connection.ppp_name }),
  fields: ({ field }) => <TextField {...field("ppp")} mono required />,
  verb: ({ t }) => t("subscribers.secret_send"),
  submit: (input, { call, loaded: { connection } }) =>
    sendSecret(...call, { subscriptionId: connection.id, pppName: input.ppp }),
  done: ({ password }, { ctx, state, loaded: { connection } }) => {
    const answer = ctx.redirect(`${subscriberPath({ connection })}/secret?connection=${connection.id}`, 303);
    const made = { subscriptionId: connection.id, password };
    answer.headers.append("set-cookie", passwordCookie(state, connection.subscriber_id, made));
    return answer;
  },
  page: (view, parts) => {
    const { loaded, problems } = view;
    const { connection, password } = loaded;
    const canRename = connection.secret === "wanted" && !isOpen(loaded);
    return (
      <>
        {parts.header}
        <DoneFlash view={view} />
        {problems[""] && <Banner tone="bad" live>{problems[""]}</Banner>}
        <Columns
          main={
            <>
              {password !== null && (
                <PasswordCard connection={connection} password={password} buys={loaded.buys} />
              )}
              <LiveRegion id="secret-progress">
                <ProgressCard secret={loaded} foot={<SecretActions view={view} />}>
                  {canRename && (
                    <form class="form" {...parts.attributes}>
                      {parts.start}
                      {parts.fields}
                      <div class="form-actions">{parts.button}</div>
                    </form>
                  )}
                  {secretStage(loaded) === "failed" && connection.secret !== "wanted" && (
                    <ActionForm
                      kind="primary"
                      action={parts.attributes.action}
                      csrfToken={view.state.csrfToken}
                      values={{ connection: connection.id }}
                    >
                      {view.t("subscribers.secret_send")}
                    </ActionForm>
                  )}
                </ProgressCard>
              </LiveRegion>
            </>
          }
          side={<DialUpCard {...loaded} />}
        />
      </>
    );
  },
});

export default form.page;
export const { handler, route } = form;

type View = FormView<SecretView & { done: string | undefined; buys: string }, string>;

/** It is on its way: nothing else is begun meanwhile. */
function isOpen(secret: SecretView): boolean {
  return ["queued", "sent"].includes(secretStage(secret));
}

const isWanted = ({ connection }: SecretView) => connection.secret === "wanted";

/** What may be done about a secret, in the order of the buttons. */
const SECRET_ACTIONS: readonly ConnectionAction<SecretView>[] = [
  { path: "secret/cancel", route: cancel, label: () => "subscribers.secret_cancel", isOffered: isOpen },
  {
    path: "secret/link",
    route: link,
    label: () => "subscribers.secret_use_existing",
    isOffered: (secret) => isWanted(secret) && !isOpen(secret),
  },
  {
    path: "secret",
    route,
    atOnce: true,
    label: () => "subscribers.password_new",
    isOffered: (secret) => secret.connection.secret === "made" && !isOpen(secret),
  },
  {
    path: "activate",
    route: activate,
    label: () => "subscribers.activate",
    isOffered: ({ connection }) => mayActivate(connection),
  },
];

function SecretActions({ view: { t, state, loaded } }: { view: View }) {
  const { connection, buys } = loaded;
  return (
    <>
      <OfferedActions actions={SECRET_ACTIONS} view={loaded} state={state} />
      {buysFirst(connection) && may(state, "payment:post") && may(state, "subscriber:write") && (
        <LinkButton
          small
          kind="primary"
          href={`${subscriberPath({ connection })}/buy?connection=${connection.id}${buys}`}
        >
          {t("prepaid.begin")}
        </LinkButton>
      )}
      <LinkButton small href={subscriberPath(loaded)}>{t("subscribers.to_subscriber")}</LinkButton>
    </>
  );
}

function DoneFlash({ view: { t, loaded: { done } } }: { view: View }) {
  const messages = {
    added: t("subscribers.done_added"),
    connection_added: t("subscribers.done_connection_added"),
    not_sent: t("subscribers.not_sent"),
  };
  return <Flash done={done} messages={messages} tone={done === "not_sent" ? "warn" : "ok"} />;
}
