import { clientOf, keepSignedIn } from "@/web/app/guard/session_cookie.ts";
import { define } from "@/web/app/state.ts";
import { AuthShell } from "@/web/components/frame/AuthShell.tsx";
import { Button } from "@/web/components/form/Button.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { useT } from "@/web/components/i18n.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { FormSummary } from "@/web/app/form/form_parts.tsx";
import { setupForm } from "@/web/route_table/session.ts";
import { setUpOwner } from "@/web/services/access/set_up_owner.ts";
import { openSession } from "@/web/services/access/open_session.ts";

const LABELS = {
  code: "setup.code",
  companyName: "setup.step_company",
  name: "setup.your_name",
  email: "setup.email",
  password: "setup.password",
} as const;

const form = define.publicForm({
  input: setupForm,
  permission: "setup",
  summary: "Make the owner account",
  read: () => Promise.resolve(null),
  title: "setup.page_title",
  labels: LABELS,
  secrets: ["password"],
  page: (view) => {
    const { t, field } = view;
    return (
      <AuthShell title={t("setup.choose")} note={<OtherWays />}>
        <div>
          <h2>{t("setup.new")}</h2>
          <p class="note">{t("setup.new_note")}</p>
        </div>
        <FormSummary view={view} labels={LABELS} />
        <form method="post" action="/setup" class="stack">
          <TextField {...field("code")} autocomplete="one-time-code" mono />
          <TextField {...field("companyName")} />
          <TextField {...field("name")} autocomplete="name" />
          <TextField {...field("email")} type="email" autocomplete="username" />
          <TextField
            {...field("password")}
            type="password"
            autocomplete="new-password"
            hint={t("setup.password_hint")}
          />
          <Button kind="primary" wide>{t("setup.make_owner")}</Button>
        </form>
      </AuthShell>
    );
  },
  submit: (input, { state }) => setUpOwner(state.services, { ...input, timeZone: "Asia/Manila" }),
  at: {
    setup_code_wrong: "code",
    password_too_short: "password",
    password_too_long: "password",
    password_common: "password",
    password_personal: "password",
  },
  done: async ({ tenantId, staffUserId }, { ctx }) => {
    const { services, security, browsers, isHttps } = ctx.state;
    const context = { ...services, security, browsers };
    const opened = await openSession(context, tenantId, staffUserId, clientOf("staff", ctx), "set_up");
    if (opened === null) throw new Error("Cannot sign the owner in: they were disabled at once");
    return keepSignedIn(ctx.redirect("/admin/setup/company", 303), "staff", isHttps, opened);
  },
});

export default form.page;
export const { handler, route } = form;

/** The other ways to begin. Both are done where Linya was started, and not from this page. */
function OtherWays() {
  const t = useT();
  return (
    <>
      <h2>{t("setup.restore")}</h2>
      <p>{t("setup.restore_note")}</p>
      <p>
        <CodeText>docs/backup.md</CodeText>
      </p>
      <h2>{t("setup.demo")}</h2>
      <p>{t("setup.demo_note")}</p>
      <CodeText>deno task demo</CodeText>
    </>
  );
}
