import type { Context } from "fresh";
import { SignInForm } from "@/web/components/frame/SignInForm.tsx";
import type { CsrfTokens } from "@/web/app/guard/csrf.ts";
import { formPageOf } from "./form_page.ts";
import { toRawInput } from "./input.ts";
import { matchEntry, type RouteEntry } from "@/web/app/route_table.ts";
import type { AppState } from "@/web/app/state.ts";

/**
 * Answers a form whose session has ended with the sign-in page, which carries what was typed. Null for anything but a form
 * of ours: a token with somebody's mark is on no other page. Nothing of the form is carried out here or later; after the
 * sign-in its page is shown filled in, with a fresh token, for the person to send.
 */
export async function keepForm(
  ctx: Context<AppState>,
  { csrf, table }: { csrf: CsrfTokens; table: readonly RouteEntry[] },
): Promise<Response | null> {
  const type = (ctx.req.headers.get("content-type") ?? "").split(";")[0]?.trim();
  if (type !== "application/x-www-form-urlencoded") return null;
  const pairs = new URLSearchParams(await ctx.req.text());
  const who = csrf.markIn(pairs.get("_csrf") ?? "");
  if (who === null) return null;
  const path = pageOfForm(ctx, table);
  const sealed = path === null
    ? null
    : csrf.forms.seal({ path, values: toRawInput(pairs), who }, ctx.state.services.clock.now());
  const { t } = ctx.state;
  ctx.state.title = t("access.sign_in");
  return await ctx.render(
    <SignInForm
      email=""
      next={path ?? "/admin"}
      carried={sealed}
      ended={sealed === null ? "lost" : "kept"}
      problems={{}}
    />,
    // Not a challenge of HTTP's own: the page is the way to sign in.
    { status: 401 },
  );
}

/** The page with the form: the one it was sent from, else the one at the same address. */
export function pageOfForm(
  ctx: Pick<Context<AppState>, "req" | "url">,
  table: readonly RouteEntry[],
): string | null {
  const candidates = [formPageOf(ctx.req, ctx.url), ctx.url.pathname];
  return candidates.find((path) =>
    path !== null && path.startsWith("/admin") && matchEntry(table, "GET", path.replace(/\?.*$/, "")) !== null
  ) ?? null;
}
