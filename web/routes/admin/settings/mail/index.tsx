import type { Context } from "fresh";
import { may, typed } from "@/web/app/frame/page_context.ts";
import { readInput, requireSession } from "@/web/app/form/input.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { actorOf } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { findRefusal } from "@/shared/codes/mod.ts";
import { mailServerForm, mailServerQuery } from "@/web/route_table/mail_server.ts";
import { testMailServer } from "@/web/services/mail/test_mail_server.ts";
import { changeMail } from "@/web/services/settings/change_mail.ts";
import { findOpenByKey } from "@/web/store/approvals/requests.ts";
import { findMailServer, findMailStanding } from "@/web/store/mail/mail_servers.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { afterAsking, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";
import {
  isOtherPlace,
  MAIL_LABELS,
  rememberTest,
  savedFields,
  shownFields,
} from "../(_parts)/mail/mail_form.ts";
import { MailFields } from "../(_parts)/mail/MailFields.tsx";
import { MailPage } from "../(_parts)/mail/MailPage.tsx";

const form = define.form({
  query: mailServerQuery,
  input: mailServerForm,
  load: async (trx, { query: { preset, done }, moment, state }) => ({
    tenant: await getTenant(trx),
    row: await findMailServer(trx),
    standing: await findMailStanding(trx),
    now: moment.now,
    gate: await loadGate(trx, { state, moment }, "mail_keys", {}),
    waiting: await findOpenByKey(trx, `mail_keys:${trx.tenantId}`),
    preset,
    done,
  }),
  permission: "settings:write",
  readers: { permission: "settings:read", summary: "The mail server" },
  audit: "settings.mail_saved",
  confirm: true,
  summary: "Save the mail server, or send a test with what is typed",
  refused: "settings.check_fields",
  title: ({ t }) => t("settings.section_mail"),
  labels: MAIL_LABELS,
  values: (loaded, { state }) => ({ ...shownFields(loaded), testTo: requireSession(state).email }),
  edits: {
    subject: ({ tenant }) => tenant.id,
    version: ({ row }) => String(row?.revision ?? 0),
    row: savedFields,
    saved: ({ row }) => row === null ? null : { by: row.saved_by, at: row.saved_at },
  },
  hidden: ({ loaded: { row }, values }) => ({
    revision: String(row?.revision ?? 0),
    preset: String(values.preset ?? "own"),
  }),
  fields: (view) => <MailFields view={view} />,
  // What is typed without being sent no page knows: the sentence above says what waits.
  verb: ({ t, loaded, values }) =>
    isOtherPlace(loaded, values) ? gateVerb(loaded.gate, t, t("mail_server.save")) : t("mail_server.save"),
  page: (view, parts) => <MailPage view={view} parts={parts} mayWrite={may(view.state, "settings:write")} />,
  preview: "when_valid",
  submit: ({ testTo: _to, intent: _intent, switchTo: _switch, ...input }, { call }) =>
    changeMail(...call, input),
  at: { reason_required: "reason", reason_too_long: "reason" },
  done: (done, { state }) =>
    afterAsking(state, done, {
      done: () => "/admin/settings/mail?done=mail_saved",
      cannotRead: "/admin/settings/mail",
    }),
});

export default form.page;
export const route = form.route;

export const handler = define.handlers({
  GET: (ctx) => form.handler.GET(ctx),
  async POST(ctx) {
    const problems = isTest(ctx.state) && ctx.state.inputProblems === null ? await test(ctx) : null;
    if (problems !== null) ctx.state.inputProblems = problems;
    return await form.handler.POST(ctx);
  },
});

function isTest(state: AppState): boolean {
  return typed(state, "intent") === "preview" || typed(state, "switchTo") !== "";
}

/** Makes the test; the page of the form then shows what it found. What cannot be tested is said at its field. */
async function test({ state }: Context<AppState>): Promise<Record<string, string> | null> {
  const { revision: _revision, reason: _reason, testTo, intent: _intent, switchTo, ...input } = readInput(
    state,
    mailServerForm,
  );
  const encryption = switchTo ?? input.encryption;
  // From here on it is a preview of what was tested.
  state.inputValues = { ...state.inputValues, intent: "preview", encryption };
  const session = requireSession(state);
  const tested = await testMailServer(state.services, session.tenantId, actorOf(state), {
    ...input,
    encryption,
    to: testTo ?? session.email,
    locale: state.locale,
  });
  if (!tested.ok) return { [findRefusal(tested.code)?.field ?? ""]: refusalText(state, tested) };
  rememberTest(state, tested.value);
  return null;
}
