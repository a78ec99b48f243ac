import { err } from "@/shared/result.ts";
import { keepDraft } from "@/web/app/form/draft.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { demoPasswordOf } from "@/web/app/frame/demo_password.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { CONFIRM_PATH } from "@/web/app/guard/ask_again.tsx";
import { placeOf } from "@/web/app/guard/passkey_place.ts";
import { takeProof } from "@/web/app/guard/sent_again.ts";
import { clientOf } from "@/web/app/guard/session_cookie.ts";
import { matchEntry } from "@/web/app/route_table.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { ConfirmForm } from "@/web/components/frame/ConfirmForm.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { isConfirmed } from "@/web/domain/access/mod.ts";
import { confirmForm, confirmQuery } from "@/web/route_table/confirm.ts";
import { confirmIdentity, findOfferedWays } from "@/web/services/access/confirm_identity.ts";

/** What is saved by the browser and leaves the page where it is. */
const FILE = /\.(?:csv|pdf|json)$/;
const FILE_IN_ADDRESS = /\.(?:csv|pdf|json)(?=$|[?#])/;

const form = define.form({
  query: confirmQuery,
  input: confirmForm,
  load: async (trx, { state, query: { back = "/admin", done }, typed, headers, url }) => {
    const { email, staffUserId, confirmedAt = null } = requireSession(state);
    return {
      back,
      isFile: FILE.test(pathOf(back)),
      list: listOf(back, state),
      isDone: done === "confirmed" && isConfirmed(confirmedAt, state.services.clock.now()),
      isConfirmed: isConfirmed(confirmedAt, state.services.clock.now()),
      email,
      ways: await findOfferedWays(trx, staffUserId, {
        masterKeys: state.services.masterKeys,
        place: placeOf({ req: { headers }, url, state }),
      }),
      carried: typed("form"),
      demoPassword: await demoPasswordOf(state, email),
    };
  },
  leave: ({ back, isConfirmed, isDone, isFile }) => isConfirmed && !(isDone && isFile) ? back : null,
  permission: "signed_in",
  summary: "Prove again that one is the person of the session",
  title: ({ t }) => t("access.confirm_title"),
  lead: ({ t, loaded: { isDone } }) => isDone ? t("access.confirm_done") : t("access.confirm_lead"),
  labels: { _password: "access.password", _code: "factors.code" },
  fields: () => null,
  verb: ({ t }) => t("access.confirm_verb"),
  page: (
    { t, state, problems, loaded: { back, list, isDone, email, ways, carried, demoPassword } },
    { header },
  ) => {
    if (isDone) {
      return (
        <>
          <PageHeader title={t("access.confirm_thanks")} lead={t("access.confirm_done")} />
          <Card>
            <div class="form-actions">
              <LinkButton href={back} kind="primary" icon="export">{t("access.confirm_file")}</LinkButton>
              <LinkButton href={list}>{t("states.go_back")}</LinkButton>
            </div>
          </Card>
        </>
      );
    }
    return (
      <>
        {header}
        <Card>
          <ConfirmForm
            action={CONFIRM_PATH}
            csrfToken={state.csrfToken}
            hidden={[["back", back], ...carried === "" ? [] : [["form", carried] as const]]}
            email={email}
            backHref="/admin"
            ways={ways}
            problem={problems._password ?? problems._code ?? problems[""]}
            problemAt={problems._password !== undefined
              ? "_password"
              : problems._code !== undefined
              ? "_code"
              : ""}
            demoPassword={demoPassword}
          />
        </Card>
      </>
    );
  },
  submit: async (input, { ctx, state }) => {
    const { services, security, browsers } = state;
    const { proof } = takeProof(input);
    if (proof === null) return err("type_password");
    return await confirmIdentity(
      { ...services, security, browsers },
      requireSession(state),
      proof,
      { ...clientOf("staff", ctx), place: placeOf(ctx) },
    );
  },
  at: {
    type_password: "_password",
    wrong_confirmation: "_password",
    wrong_confirm_code: "_code",
    confirm_code_used: "_code",
    app_closed: "_code",
  },
  leaveOn: { session_over: () => "/login?done=ended" },
  done: async (_at, { input: { form: carried, back = "/admin" }, state, loaded: { isFile } }) => {
    const filled = await keepDraft(state, requireSession(state), carried ?? null);
    return filled ?? (isFile ? address(CONFIRM_PATH, { back, done: "confirmed" }) : back);
  },
});

export default form.page;
export const { handler, route } = form;

function pathOf(address: string): string {
  return address.replace(/[?#].*$/, "");
}

/** The page that a file belongs to, with its filter: `/admin/bills?status=paid` of the file of the same bills. */
function listOf(file: string, { table }: AppState): string {
  const page = file.replace(FILE_IN_ADDRESS, "");
  const folder = pathOf(page).replace(/\/[^/]*$/, "");
  return [page, folder].find((path) => matchEntry(table, "GET", pathOf(path)) !== null) ?? "/admin";
}
