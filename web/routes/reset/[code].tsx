import { FormSummary } from "@/web/app/form/form_parts.tsx";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { AuthShell } from "@/web/components/frame/AuthShell.tsx";
import { resetForm } from "@/web/route_table/staff.ts";
import { openReset, resetPassword } from "@/web/services/access/reset_password.ts";

const LABELS = { password: "staff.new_password" } as const;

const form = define.publicForm({
  input: resetForm,
  permission: "public",
  summary: "Choose a new password by a link",
  read: (state) => openReset(state.services, codeOf(state)),
  isGone: (shown) => shown === null,
  title: "staff.reset_window",
  labels: LABELS,
  secrets: ["password"],
  page: (view) => {
    const { t, field, shown: reset, state } = view;
    if (reset === null) {
      return (
        <AuthShell title={t("staff.reset_gone")}>
          <p>{t("codes_access.reset_gone")}</p>
          <LinkButton href="/login" wide>{t("staff.to_sign_in")}</LinkButton>
        </AuthShell>
      );
    }
    return (
      <AuthShell
        title={t("staff.reset_title")}
        name={reset.company}
        lead={t("staff.reset_lead", { email: reset.email })}
      >
        <FormSummary view={view} labels={LABELS} />
        <form method="post" action={`/reset/${codeOf(state)}`} class="stack">
          <TextField
            {...field("password")}
            type="password"
            autocomplete="new-password"
            hint={t("setup.password_hint")}
            autofocus
          />
          <Button kind="primary" wide>{t("staff.reset_verb")}</Button>
        </form>
      </AuthShell>
    );
  },
  submit: ({ password }, { state }) =>
    resetPassword(state.services, { code: codeOf(state), password, ip: state.clientIp }),
  refusal: ({ code, values: { minutes, seconds } }) =>
    code === "too_many_tries"
      ? { status: 429, headers: { "retry-after": String(Number(minutes) * 60 + Number(seconds)) } }
      : { status: code === "reset_gone" ? 404 : 422 },
  at: {
    password_too_short: "password",
    password_too_long: "password",
    password_common: "password",
    password_personal: "password",
  },
  done: (_value, { ctx }) => ctx.redirect("/login?done=reset", 303),
});

export default form.page;
export const { handler, route } = form;

function codeOf({ params }: AppState): string {
  return (params as { code: string }).code;
}
