import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { DemoLogins } from "@/web/components/DemoLogins.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { SignInForm } from "@/web/components/SignInForm.tsx";
import { readInput } from "@/web/app/input.ts";
import { ownPath } from "@/web/app/own_path.ts";
import { clientOf, keepSignedIn } from "@/web/app/session_cookie.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { type AppState, define, type DemoStatus } from "@/web/app/state.ts";
import { keepDraft } from "@/web/app/draft.ts";
import { signInForm, signInQuery } from "@/web/route_table/session.ts";
import { signIn, type SignInRefusal } from "@/web/services/access/sign_in.ts";

interface LoginData {
  email: string;
  next: string;
  done: string | null;
  carried: string | null;
  problems: Record<string, string>;
  /** Accounts that a demo offers. */
  logins?: DemoStatus["logins"];
}

export default define.page<typeof handler>(function LoginPage({ data, state: { t } }) {
  const { done, carried } = data;
  const messages = { signed_out: t("access.signed_out"), set_up: t("access.set_up") };
  return (
    <SignInForm {...data} ended={carried !== null ? "kept" : done === "ended" ? "page" : undefined}>
      <Flash done={done} messages={messages} />
      <DemoLogins logins={data.logins ?? []} next={data.next} />
    </SignInForm>
  );
});

export const route: RouteEntries = {
  GET: { audience: "public", permission: "public", input: signInQuery, summary: "Sign-in page" },
  POST: { audience: "public", permission: "public", input: signInForm, summary: "Sign in" },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("access.sign_in");
    const { next, done } = readInput(ctx.state, signInQuery);
    if (ctx.state.session !== null) return ctx.redirect(next ?? "/admin", 303);
    return page<LoginData>({
      email: "",
      next: next ?? "/admin",
      done: done ?? null,
      carried: null,
      problems: {},
      logins: await demoLogins(ctx.state),
    });
  },
  async POST(ctx) {
    const { state } = ctx;
    state.title = state.t("access.sign_in");
    const { inputProblems, inputValues } = state;
    const typed = {
      email: String(inputValues.email ?? ""),
      next: ownPath(String(inputValues.next ?? "")) ?? "/admin",
      carried: carriedIn(state),
      done: null,
    };
    if (inputProblems !== null) {
      return page<LoginData>({ ...typed, problems: inputProblems }, { status: 422 });
    }
    const form = readInput(state, signInForm);
    const context = { ...state.services, security: state.security, browsers: state.browsers };
    const result = await signIn(context, { ...form, ...clientOf("staff", ctx) });
    if (!result.ok) {
      return page<LoginData>({ ...typed, problems: { "": refusalText(state, result) } }, answerOf(result));
    }
    const filled = await keepDraft(state, result.value, typed.carried);
    return keepSignedIn(
      ctx.redirect(filled ?? form.next ?? "/admin", 303),
      "staff",
      state.isHttps,
      result.value,
    );
  },
});

function answerOf({ code, values: { minutes, seconds } }: SignInRefusal) {
  if (code === "wrong_login") return { status: 422 };
  return { status: 429, headers: { "retry-after": String(Number(minutes) * 60 + Number(seconds)) } };
}

/** Accounts to press on in a demo; none when its supervisor does not answer. */
async function demoLogins({ demo, log }: AppState): Promise<DemoStatus["logins"]> {
  try {
    return (await demo?.status())?.logins ?? [];
  } catch (error) {
    log.warn("demo_supervisor_silent", { message: String(error) });
    return [];
  }
}

/** The sealed form of a sign-in page, when it is still one of ours. */
function carriedIn({ inputValues, forms, services }: AppState): string | null {
  const field = String(inputValues.form ?? "");
  return field !== "" && forms.open(field, services.clock.now()) !== null ? field : null;
}
