import { FormSummary } from "@/web/app/form/form_parts.tsx";
import { address, typed } from "@/web/app/frame/page_context.ts";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { placeOf } from "@/web/app/guard/passkey_place.ts";
import { clientOf, keepSignedIn } from "@/web/app/guard/session_cookie.ts";
import { endedStepCookie, readStepToken } from "@/web/app/guard/step_cookie.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { AuthShell } from "@/web/components/frame/AuthShell.tsx";
import Passkey from "@/web/islands/Passkey.tsx";
import { passkeySignInForm, passkeySignInQuery } from "@/web/route_table/factors.ts";
import { signInByPasskey } from "@/web/services/access/factors/second_step.ts";

const FORM = "passkey-alone";

const form = define.publicForm({
  query: passkeySignInQuery,
  input: passkeySignInForm,
  permission: "public",
  summary: "Sign in with a passkey alone",
  read: (state, query, ctx) =>
    Promise.resolve({
      next: (query === null ? ownPath(typed(state, "next")) : query.next) ?? "/admin",
      works: placeOf(ctx).works,
    }),
  leave: ({ session }, { next }) => session === null ? null : next ?? "/admin",
  title: "factors.passkey_sign_in",
  labels: {},
  secrets: ["passkey"],
  page: (view) => {
    const { t, shown: { next, works } } = view;
    return (
      <AuthShell title={t("factors.passkey_sign_in")} lead={t("factors.passkey_sign_in_lead")}>
        <FormSummary view={view} labels={{}} />
        {works
          ? (
            <Passkey
              kind="known"
              form={FORM}
              options="/login/passkey-options"
              ask={{ for: "alone" }}
              csrfToken=""
              label={t("factors.use_passkey")}
              words={{
                stopped: t("factors.passkey_stopped"),
                known: t("codes_access.passkey_there_already"),
                failed: t("codes_access.passkey_refused"),
              }}
            />
          )
          : <p class="note">{t("factors.passkeys_not_here")}</p>}
        <noscript>
          <p class="note">{t("factors.passkey_scripts")}</p>
        </noscript>
        <form method="post" action="/login/passkey" id={FORM}>
          <input type="hidden" name="passkey" value="" />
          <input type="hidden" name="next" value={next} />
        </form>
        <LinkButton kind="quiet" href={address("/login", { next })} wide>
          {t("factors.use_password")}
        </LinkButton>
      </AuthShell>
    );
  },
  submit: ({ passkey }, ctx) => {
    const { services, security, browsers, isHttps } = ctx.state;
    const token = readStepToken("passkey", ctx.req.headers, isHttps);
    const given = { token, passkey, place: placeOf(ctx), ...clientOf("staff", ctx) };
    return signInByPasskey({ ...services, security, browsers }, given);
  },
  done: (signedIn, { input, ctx }) => {
    const { isHttps } = ctx.state;
    const next = input.next ?? "/admin";
    const answer = ctx.redirect(signedIn.companies > 1 ? address("/admin/companies", { next }) : next, 303);
    answer.headers.append("set-cookie", endedStepCookie("passkey", isHttps));
    return keepSignedIn(answer, "staff", isHttps, signedIn);
  },
});

export default form.page;
export const { handler, route } = form;
