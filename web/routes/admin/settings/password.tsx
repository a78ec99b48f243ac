import { requireSession } from "@/web/app/form/input.ts";
import { clientOf, keepSignedIn } from "@/web/app/guard/session_cookie.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { ownPasswordForm } from "@/web/route_table/staff.ts";
import { changeOwnPassword } from "@/web/services/access/change_own_password.ts";

const form = define.form({
  input: ownPasswordForm,
  load: (_trx, { state }) => Promise.resolve({ email: requireSession(state).email }),
  permission: "signed_in",
  audit: "staff.password_changed",
  summary: "Change one's own password",
  refused: "settings.check_fields",
  title: ({ t }) => t("settings.password"),
  lead: ({ t }) => t("settings.password_lead"),
  back: ({ t }) => ({ href: "/admin/settings/me", label: t("settings.section_me") }),
  labels: { old_password: "settings.password_old", password: "settings.password_new" },
  fields: ({ t, field, loaded: { email } }) => (
    <>
      <input type="hidden" name="username" autocomplete="username" value={email} disabled />
      <TextField
        {...field("old_password")}
        value=""
        type="password"
        autocomplete="current-password"
        autofocus
      />
      <TextField
        {...field("password")}
        value=""
        type="password"
        autocomplete="new-password"
        hint={t("setup.password_hint")}
      />
    </>
  ),
  verb: ({ t }) => t("settings.password_verb"),
  submit: ({ old_password: old, password }, { call: [services, , actor], state, ctx }) =>
    changeOwnPassword({ ...services, security: state.security, browsers: state.browsers }, actor, {
      whose: requireSession(state),
      typed: { old, password },
      client: clientOf("staff", ctx),
    }),
  done: (signedIn, { ctx, state }) =>
    keepSignedIn(ctx.redirect("/admin/settings/me?done=password", 303), "staff", state.isHttps, signedIn),
});

export default form.page;
export const { handler, route } = form;
