import { keepDraft } from "@/web/app/form/draft.ts";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { address, typed } from "@/web/app/frame/page_context.ts";
import { clientOf, keepSignedIn } from "@/web/app/guard/session_cookie.ts";
import { stepCookie } from "@/web/app/guard/step_cookie.ts";
import { type AppState, define, type DemoStatus } from "@/web/app/state.ts";
import { DemoLogins } from "@/web/components/frame/DemoLogins.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { SignInForm } from "@/web/components/frame/SignInForm.tsx";
import { signInForm, signInQuery } from "@/web/route_table/session.ts";
import { rememberWay } from "@/web/services/access/factors/steps.ts";
import { beginSignIn, type SignInRefusal } from "@/web/services/access/sign_in.ts";

const form = define.publicForm({
  query: signInQuery,
  input: signInForm,
  permission: "public",
  summary: "Sign in",
  read: async (state, query) => ({
    next: (query === null ? ownPath(typed(state, "next")) : query.next) ?? "/admin",
    done: query?.done ?? null,
    carried: carriedIn(state),
    logins: query === null ? [] : await demoLogins(state),
  }),
  leave: ({ session }, { next }) => session === null ? null : next ?? "/admin",
  title: "access.sign_in",
  labels: { email: "access.email", password: "access.password" },
  secrets: ["password"],
  page: ({ t, field, problems, shown: { next, done, carried, logins } }) => (
    <SignInForm
      email={field("email").value}
      next={next}
      carried={carried}
      ended={carried !== null ? "kept" : done === "ended" ? "page" : undefined}
      problems={problems}
      below={<DemoLogins logins={logins} next={next} />}
    >
      <Flash
        done={done}
        messages={{
          signed_out: t("access.signed_out"),
          set_up: t("access.set_up"),
          left: t("staff.done_left"),
          reset: t("staff.reset_done"),
        }}
      />
    </SignInForm>
  ),
  submit: (input, ctx) => {
    const { services, security, browsers } = ctx.state;
    return beginSignIn({ ...services, security, browsers }, { ...input, ...clientOf("staff", ctx) });
  },
  refusal: (failure) => answerOf(failure),
  done: async (signedIn, { input, ctx }) => {
    const next = input.next ?? "/admin";
    const carried = carriedIn(ctx.state);
    if ("second" in signedIn) {
      await rememberWay(ctx.state.services, signedIn.second.token, { next, carried });
      const answer = ctx.redirect("/login/second", 303);
      answer.headers.append("set-cookie", stepCookie("second", ctx.state.isHttps, signedIn.second));
      return answer;
    }
    const filled = await keepDraft(ctx.state, signedIn, carried);
    const chosen = signedIn.companies > 1 ? address("/admin/companies", { next }) : next;
    const answer = ctx.redirect(filled ?? chosen, 303);
    return keepSignedIn(answer, "staff", ctx.state.isHttps, signedIn);
  },
});

export default form.page;
export const { handler, route } = form;

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
function carriedIn(state: AppState): string | null {
  const field = typed(state, "form");
  return field !== "" && state.forms.open(field, state.services.clock.now()) !== null ? field : null;
}
