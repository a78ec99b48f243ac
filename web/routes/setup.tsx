import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { AuthShell } from "@/web/components/AuthShell.tsx";
import { Button } from "@/web/components/Button.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { useT } from "@/web/components/i18n.ts";
import { TextField } from "@/web/components/TextField.tsx";
import { readInput } from "@/web/app/input.ts";
import { clientOf, keepSignedIn } from "@/web/app/session_cookie.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { setupForm } from "@/web/route_table/session.ts";
import { setUpOwner, type SetupProblem } from "@/web/services/access/set_up_owner.ts";
import { openSession } from "@/web/services/access/sign_in.ts";

interface SetupData {
  values: Record<string, string>;
  problems: Record<string, string>;
}

/** Field that each refusal is shown at. */
const FIELD: Record<SetupProblem, string> = {
  setup_code_wrong: "code",
  already_set_up: "",
  password_too_short: "password",
  password_too_long: "password",
  password_common: "password",
  password_personal: "password",
};

export default define.page<typeof handler>(function SetupPage({ data, state }) {
  const { values, problems } = data;
  const { t } = state;
  return (
    <AuthShell title={t("setup.choose")} note={<OtherWays />}>
      <div>
        <h2>{t("setup.new")}</h2>
        <p class="note">{t("setup.new_note")}</p>
      </div>
      <ErrorSummary errors={problems} />
      <form method="post" action="/setup" class="stack">
        <TextField
          name="code"
          label={t("setup.code")}
          value={values.code}
          error={problems.code}
          autocomplete="one-time-code"
          mono
          required
        />
        <TextField
          name="companyName"
          label={t("setup.step_company")}
          value={values.companyName}
          error={problems.companyName}
          required
        />
        <TextField
          name="name"
          label={t("setup.your_name")}
          autocomplete="name"
          value={values.name}
          error={problems.name}
          required
        />
        <TextField
          name="email"
          label={t("setup.email")}
          type="email"
          autocomplete="username"
          value={values.email}
          error={problems.email}
          required
        />
        <TextField
          name="password"
          label={t("setup.password")}
          type="password"
          autocomplete="new-password"
          hint={t("setup.password_hint")}
          error={problems.password}
          required
        />
        <Button kind="primary" wide>{t("setup.make_owner")}</Button>
      </form>
    </AuthShell>
  );
});

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

export const route: RouteEntries = {
  GET: { audience: "public", permission: "setup", summary: "Make the owner account" },
  POST: {
    audience: "public",
    permission: "setup",
    input: setupForm,
    summary: "Make the owner account",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    ctx.state.title = ctx.state.t("setup.page_title");
    return page<SetupData>({ values: {}, problems: {} });
  },
  async POST(ctx) {
    ctx.state.title = ctx.state.t("setup.page_title");
    const { inputProblems, inputValues, services } = ctx.state;
    const values = Object.fromEntries(
      Object.entries(inputValues).map(([name, value]) => [name, String(value)]),
    );
    if (inputProblems !== null) return page<SetupData>({ values, problems: inputProblems }, { status: 422 });
    const form = readInput(ctx.state, setupForm);
    const result = await setUpOwner(services, { ...form, timeZone: "Asia/Manila" });
    if (!result.ok) {
      return page<SetupData>({ values, problems: { [FIELD[result.code]]: refusalText(ctx.state, result) } }, {
        status: 422,
      });
    }
    const { tenantId, staffUserId } = result.value;
    const context = { ...services, security: ctx.state.security, browsers: ctx.state.browsers };
    const opened = await openSession(context, tenantId, staffUserId, clientOf("staff", ctx), "set_up");
    if (opened === null) throw new Error("Cannot sign the owner in: they were disabled at once");
    return keepSignedIn(ctx.redirect("/admin/setup/company", 303), "staff", ctx.state.isHttps, opened);
  },
});
