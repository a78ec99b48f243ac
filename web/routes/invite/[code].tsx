import { FormSummary } from "@/web/app/form/form_parts.tsx";
import { clientOf, keepSignedIn } from "@/web/app/guard/session_cookie.ts";
import { stepCookie } from "@/web/app/guard/step_cookie.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { AuthShell } from "@/web/components/frame/AuthShell.tsx";
import { acceptForm } from "@/web/route_table/staff.ts";
import { acceptStaffInvite, openInvite } from "@/web/services/access/accept_invite.ts";

const LABELS = { name: "staff.your_name", password: "staff.password" } as const;

const form = define.publicForm({
  input: acceptForm,
  permission: "public",
  summary: "Accept an invitation",
  read: (state) => openInvite(state.services, codeOf(state)),
  isGone: (shown) => shown === null,
  title: "staff.accept_window",
  labels: LABELS,
  secrets: ["password"],
  page: (view) => {
    const { t, field, shown: invite, state } = view;
    if (invite === null) {
      return (
        <AuthShell title={t("staff.accept_gone")}>
          <p>{t("codes_access.invite_gone")}</p>
          <LinkButton href="/login" wide>{t("staff.to_sign_in")}</LinkButton>
        </AuthShell>
      );
    }
    const { company, email, name, isKnown } = invite;
    const { value, ...control } = field("name");
    return (
      <AuthShell
        title={t("staff.accept_title", { company })}
        name={company}
        lead={t("staff.accept_lead", { email })}
      >
        <p class="note">{t(isKnown ? "staff.accept_known" : "staff.accept_new")}</p>
        <FormSummary view={view} labels={LABELS} />
        <form method="post" action={`/invite/${codeOf(state)}`} class="stack">
          {!isKnown && (
            <TextField
              {...control}
              value={value === "" ? name : value}
              autocomplete="name"
              required
            />
          )}
          <TextField
            {...field("password")}
            type="password"
            autocomplete={isKnown ? "current-password" : "new-password"}
            hint={isKnown ? undefined : t("setup.password_hint")}
            autofocus={isKnown}
          />
          <Button kind="primary" wide>{t("staff.accept_verb", { company })}</Button>
        </form>
      </AuthShell>
    );
  },
  submit: (input, ctx) => {
    const { services, security, browsers } = ctx.state;
    const code = codeOf(ctx.state);
    return acceptStaffInvite({ ...services, security, browsers }, {
      ...input,
      ...clientOf("staff", ctx),
      code,
    });
  },
  at: {
    wrong_login: "password",
    name_missing: "name",
    password_too_short: "password",
    password_too_long: "password",
    password_common: "password",
    password_personal: "password",
  },
  refusal: ({ code, values: { minutes, seconds } }) =>
    code === "too_many_tries"
      ? { status: 429, headers: { "retry-after": String(Number(minutes) * 60 + Number(seconds)) } }
      : { status: code === "invite_gone" ? 404 : 422 },
  done: (signedIn, { ctx }) => {
    const { isHttps } = ctx.state;
    if (!("second" in signedIn)) return keepSignedIn(ctx.redirect("/admin", 303), "staff", isHttps, signedIn);
    const answer = ctx.redirect("/login/second", 303);
    answer.headers.append("set-cookie", stepCookie("second", isHttps, signedIn.second));
    return answer;
  },
});

export default form.page;
export const { handler, route } = form;

function codeOf({ params }: AppState): string {
  return (params as { code: string }).code;
}
