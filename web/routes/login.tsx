import { page } from "fresh";
import { AuthShell } from "@/web/components/AuthShell.tsx";
import { Button } from "@/web/components/Button.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { readInput } from "@/web/app/input.ts";
import { ownPath } from "@/web/app/own_path.ts";
import { clientOf, sessionCookie } from "@/web/app/session_cookie.ts";
import { define } from "@/web/app/state.ts";
import { signInForm, signInQuery } from "@/web/route_table/session.ts";
import { signIn } from "@/web/services/sign_in.ts";

interface LoginData {
  email: string;
  next: string;
  done: string | null;
  problems: Record<string, string>;
}

const MESSAGES = {
  signed_out: "You are signed out.",
  set_up: "The owner account is ready. Sign in with it.",
};

export default define.page<typeof handler>(function LoginPage({ data }) {
  return (
    <AuthShell title="Sign in" note="Five wrong passwords close an account for 15 minutes.">
      <Flash done={data.done} messages={MESSAGES} />
      <ErrorSummary errors={data.problems} title="Check these fields:" />
      <form method="post" action="/login" class="stack">
        <input type="hidden" name="next" value={data.next} />
        <TextField
          name="email"
          label="E-mail address"
          type="email"
          autocomplete="username"
          value={data.email}
          error={data.problems.email}
          autofocus
          required
        />
        <TextField
          name="password"
          label="Password"
          type="password"
          autocomplete="current-password"
          error={data.problems.password}
          required
        />
        <Button kind="primary" wide>Sign in</Button>
      </form>
    </AuthShell>
  );
});

export const handler = define.handlers({
  GET(ctx) {
    ctx.state.title = "Sign in";
    const { next, done } = readInput(ctx.state, signInQuery);
    if (ctx.state.session !== null) return ctx.redirect(next ?? "/admin", 303);
    return page<LoginData>({ email: "", next: next ?? "/admin", done: done ?? null, problems: {} });
  },
  async POST(ctx) {
    ctx.state.title = "Sign in";
    const { inputProblems, inputValues } = ctx.state;
    const typed = {
      email: String(inputValues.email ?? ""),
      next: ownPath(String(inputValues.next ?? "")) ?? "/admin",
      done: null,
    };
    if (inputProblems !== null) {
      return page<LoginData>({ ...typed, problems: inputProblems }, { status: 422 });
    }
    const form = readInput(ctx.state, signInForm);
    const result = await signIn(ctx.state.services, { ...form, ...clientOf(ctx) });
    if (!result.ok) {
      const status = result.code === "too_many_tries" ? 429 : 422;
      return page<LoginData>({ ...typed, problems: { "": result.message } }, { status });
    }
    const response = ctx.redirect(form.next ?? "/admin", 303);
    const { token, expiresAt } = result.value;
    response.headers.append("set-cookie", sessionCookie(ctx.state.isHttps, token, expiresAt));
    return response;
  },
});
