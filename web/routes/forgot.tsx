import { FormSummary } from "@/web/app/form/form_parts.tsx";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { AuthShell } from "@/web/components/frame/AuthShell.tsx";
import { ASKED_RESET_MINUTES } from "@/web/domain/access/limits.ts";
import { forgotForm, forgotQuery } from "@/web/route_table/session.ts";
import { askForReset, canMailLinks } from "@/web/services/access/ask_for_reset.ts";

const LABELS = { email: "access.email" } as const;

const form = define.publicForm({
  query: forgotQuery,
  input: forgotForm,
  permission: "public",
  summary: "Ask for a link for a new password",
  read: async ({ services }, query) => ({
    isDone: query?.done === "asked",
    canMail: await canMailLinks(services),
  }),
  title: "access.forgot_title",
  labels: LABELS,
  secrets: [],
  page: (view) => {
    const { t, field, shown: { isDone, canMail } } = view;
    if (isDone) {
      return (
        <AuthShell title={t("access.forgot_done_title")} note={t("access.forgot_else")}>
          <p role="status">{t("access.forgot_done")}</p>
          <LinkButton href="/login" wide>{t("access.to_sign_in")}</LinkButton>
        </AuthShell>
      );
    }
    if (!canMail) {
      return (
        <AuthShell title={t("access.forgot_title")}>
          <Banner tone="info" title={t("access.forgot_no_mail")}>{t("access.forgot_else_no_mail")}</Banner>
          <LinkButton href="/login" wide>{t("access.to_sign_in")}</LinkButton>
        </AuthShell>
      );
    }
    return (
      <AuthShell
        title={t("access.forgot_title")}
        lead={t("access.forgot_lead", { minutes: ASKED_RESET_MINUTES })}
        note={t("access.forgot_else")}
      >
        <FormSummary view={view} labels={LABELS} />
        <form method="post" action="/forgot" class="stack">
          <TextField {...field("email")} type="email" autocomplete="username" autofocus />
          <Button kind="primary" wide>{t("access.forgot_verb")}</Button>
        </form>
        <p>
          <a href="/login">{t("access.to_sign_in")}</a>
        </p>
      </AuthShell>
    );
  },
  submit: ({ email }, { state: { services, security, clientIp: ip, requestId } }) =>
    askForReset({ ...services, security }, { email, ip, requestId }),
  refusal: ({ values: { minutes, seconds } }) => ({
    status: 429,
    headers: { "retry-after": String(Number(minutes) * 60 + Number(seconds)) },
  }),
  done: (_value, { ctx }) => ctx.redirect("/forgot?done=asked", 303),
});

export default form.page;
export const { handler, route } = form;
