import { err } from "@/shared/result.ts";
import { FormSummary } from "@/web/app/form/form_parts.tsx";
import { keepDraft } from "@/web/app/form/draft.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { placeOf } from "@/web/app/guard/passkey_place.ts";
import { clientOf, keepSignedIn } from "@/web/app/guard/session_cookie.ts";
import { endedStepCookie, readStepToken } from "@/web/app/guard/step_cookie.ts";
import { define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { AuthShell } from "@/web/components/frame/AuthShell.tsx";
import Passkey from "@/web/islands/Passkey.tsx";
import { secondForm } from "@/web/route_table/factors.ts";
import { finishSecond, openSecond } from "@/web/services/access/factors/second_step.ts";

const LABELS = { code: "factors.code" } as const;
const FORM = "second";

const form = define.publicForm({
  input: secondForm,
  permission: "public",
  summary: "Give the second factor of a sign-in",
  read: async ({ services, security, browsers, isHttps }, _query, ctx) => {
    const token = readStepToken("second", ctx.req.headers, isHttps);
    return token === "" ? null : await openSecond({ ...services, security, browsers }, token, placeOf(ctx));
  },
  title: "factors.second_title",
  labels: LABELS,
  secrets: ["code", "passkey"],
  page: (view) => {
    const { t, field, shown: asked } = view;
    if (asked === null) {
      return (
        <AuthShell title={t("factors.second_gone")}>
          <p>{t("codes_access.step_gone")}</p>
          <LinkButton href="/login" wide>{t("staff.to_sign_in")}</LinkButton>
        </AuthShell>
      );
    }
    return (
      <AuthShell
        title={t("factors.second_title")}
        lead={t(asked.hasApp ? "factors.second_lead_app" : "factors.second_lead")}
        note={t("factors.second_note")}
      >
        <FormSummary view={view} labels={LABELS} />
        {asked.hasPasskey && (
          <Passkey
            kind="known"
            form="second-passkey"
            options="/login/passkey-options"
            ask={{ for: "second" }}
            csrfToken=""
            label={t("factors.use_passkey")}
            words={{
              stopped: t("factors.passkey_stopped"),
              known: t("codes_access.passkey_there_already"),
              failed: t("codes_access.passkey_refused"),
            }}
          />
        )}
        {asked.passkeysElsewhere && <p class="note">{t("factors.passkeys_elsewhere")}</p>}
        <form method="post" action="/login/second" id="second-passkey">
          <input type="hidden" name="passkey" value="" />
        </form>
        <form method="post" action="/login/second" id={FORM} class="stack">
          <TextField
            {...field("code")}
            autocomplete="one-time-code"
            hint={t(asked.hasApp ? "factors.code_hint_app" : "factors.code_hint", { count: asked.codesLeft })}
            mono
            required
            autofocus={!asked.hasPasskey}
          />
          <Button kind={asked.hasPasskey ? "default" : "primary"} wide>{t("access.sign_in")}</Button>
        </form>
        <LinkButton kind="quiet" href="/login" wide>{t("factors.begin_again")}</LinkButton>
      </AuthShell>
    );
  },
  submit: async ({ code, passkey }, ctx) => {
    const { services, security, browsers, isHttps } = ctx.state;
    const token = readStepToken("second", ctx.req.headers, isHttps);
    if (code === "" && passkey === "") return err("type_code");
    if (token === "") return err("step_gone");
    const given = { token, code, passkey, place: placeOf(ctx), ...clientOf("staff", ctx) };
    return await finishSecond({ ...services, security, browsers }, given);
  },
  at: { type_code: "code", wrong_code: "code", factor_code_used: "code", app_closed: "code" },
  refusal: ({ code, values: { minutes, seconds } }) =>
    code === "too_many_tries"
      ? { status: 429, headers: { "retry-after": String(Number(minutes) * 60 + Number(seconds)) } }
      : { status: code === "step_gone" ? 410 : 422 },
  done: async (signedIn, { ctx }) => {
    const { isHttps } = ctx.state;
    const filled = await keepDraft(ctx.state, signedIn, signedIn.carried);
    const next = signedIn.next ?? "/admin";
    const chosen = signedIn.companies > 1 ? address("/admin/companies", { next }) : next;
    // Whoever used one up is told how many are left before they go on.
    const notice = signedIn.kind === "recovery_code" ? "/admin/settings/second-factor?done=recovery" : null;
    const answer = ctx.redirect(notice ?? filled ?? chosen, 303);
    answer.headers.append("set-cookie", endedStepCookie("second", isHttps));
    return keepSignedIn(answer, "staff", isHttps, signedIn);
  },
});

export default form.page;
export const { handler, route } = form;
