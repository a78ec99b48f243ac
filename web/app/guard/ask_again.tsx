import type { Context } from "fresh";
import { coded, findRefusal } from "@/shared/codes/mod.ts";
import type { Failure } from "@/shared/result.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { isApi } from "@/web/app/errors/errors.ts";
import { wantsJson } from "@/web/app/errors/wants_json.ts";
import { pageOfForm } from "@/web/app/form/keep_form.tsx";
import { requireSession } from "@/web/app/form/input.ts";
import { demoPasswordOf } from "@/web/app/frame/demo_password.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { findEntry, type RouteEntry } from "@/web/app/route_table.ts";
import type { AppState } from "@/web/app/state.ts";
import { AuthShell } from "@/web/components/frame/AuthShell.tsx";
import { ConfirmForm } from "@/web/components/frame/ConfirmForm.tsx";
import { isConfirmed } from "@/web/domain/access/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import {
  confirmIdentity,
  findOfferedWays,
  type OfferedWays,
  type Proof,
} from "@/web/services/access/confirm_identity.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { placeOf } from "./passkey_place.ts";
import { sentAgain } from "./sent_again.ts";
import { clientOf, endedCookie } from "./session_cookie.ts";
import type { StaffSession } from "./session.ts";

/** The page that asks. */
export const CONFIRM_PATH = "/admin/confirm";

/** What its passkey has to sign. */
export const CONFIRM_PASSKEY_PATH = "/admin/confirm/passkey-options";

/**
 * Asks who sits there to prove that they are the person of the session, where the route says so (`confirm`) and it was
 * proved too long ago. A page is asked for again afterwards. A form that is sent waits: what was typed stands hidden
 * beside the question, and goes out with the answer. Null: it may go on.
 */
export async function askAgain(
  ctx: Context<AppState>,
  entry: RouteEntry,
  proof: Proof | null,
): Promise<Response | null> {
  const { state } = ctx;
  const { session } = state;
  if (entry.confirm !== true || session?.audience !== "staff") return null;
  if (isConfirmed(session.confirmedAt ?? null, state.services.clock.now())) return null;
  if (entry.method === "GET" && !maySend(state, session, entry)) return null;
  if (isRead(ctx.req)) return inData(ctx);
  if (entry.method === "GET") {
    return ctx.redirect(address(CONFIRM_PATH, { back: ctx.url.pathname + ctx.url.search }), 303);
  }
  if (proof === null) return await askForForm(ctx, null);
  const { services, security, browsers } = state;
  const confirmed = await confirmIdentity(
    { ...services, security, browsers },
    session,
    proof,
    { ...clientOf("staff", ctx), place: placeOf(ctx) },
  );
  if (!confirmed.ok) return await askForForm(ctx, confirmed);
  state.session = { ...session, confirmedAt: confirmed.value };
  return null;
}

/** A page with a form concerns those who may send it; others only look. */
function maySend({ table }: AppState, { permissions }: StaffSession, { pattern }: RouteEntry): boolean {
  const sent = findEntry(table, "POST", pattern);
  return sent === null || sent.permission === "signed_in" || permissions.has(sent.permission);
}

/** Whether a program asks, which no page helps. */
function isRead(req: Request): boolean {
  return isApi({ url: new URL(req.url) }) || wantsJson(req) ||
    (req.headers.get("content-type") ?? "").startsWith("application/json");
}

function inData({ state }: Context<AppState>): Response {
  const error = {
    code: "confirm_first",
    message: codedText(state.t, coded("confirm_first")),
    requestId: state.requestId,
  };
  return Response.json({ error }, { status: findRefusal("confirm_first")?.status ?? 403 });
}

/** The question that a form waits for, with what was typed into it, or with the way back to its page. */
async function askForForm(ctx: Context<AppState>, refusal: Failure | null): Promise<Response> {
  const { state, url } = ctx;
  if (refusal?.code === "session_over") return signInAgain(ctx);
  const session = requireSession(state);
  const page = pageOfForm(ctx, state.table) ?? "/admin";
  const hasFiles = (ctx.req.headers.get("content-type") ?? "").startsWith("multipart/");
  const fields = hasFiles ? null : sentAgain(state.inputValues);
  const kept = fields === null ? sealed(state, page) : null;
  state.title = state.t("access.confirm_title");
  return await ctx.render(
    <AuthShell
      title={state.t("access.confirm_title")}
      lead={state.t("access.confirm_lead")}
      name={session.frame?.tenant.name}
    >
      <ConfirmForm
        action={fields === null ? CONFIRM_PATH : url.pathname + url.search}
        csrfToken={state.csrfToken}
        hidden={fields ?? [["back", page], ...kept === null ? [] : [["form", kept] as const]]}
        email={session.email}
        backHref={page}
        ways={await waysOf(ctx, session)}
        problem={refusal === null ? undefined : refusalText(state, refusal)}
        problemAt={refusal === null ? undefined : fieldOf(refusal)}
        typed={fields !== null ? undefined : kept === null ? "lost" : "kept"}
        demoPassword={await demoPasswordOf(state, session.email)}
      />
    </AuthShell>,
    { status: refusal === null ? 403 : findRefusal(refusal.code)?.status ?? 422 },
  );
}

async function waysOf(
  ctx: Context<AppState>,
  { tenantId, staffUserId }: StaffSession,
): Promise<OfferedWays> {
  const { db, masterKeys } = ctx.state.services;
  const given = { masterKeys, place: placeOf(ctx) };
  return await withTenant(db, tenantId, (trx) => findOfferedWays(trx, staffUserId, given), {
    readOnly: true,
  });
}

/** Where the form that asks says what was wrong. */
function fieldOf({ code }: Failure): "_password" | "_code" | "" {
  if (code === "wrong_confirmation") return "_password";
  return ["wrong_confirm_code", "confirm_code_used", "app_closed"].includes(code) ? "_code" : "";
}

/** What was typed, without its secrets, to fill its page in again; null when there is nothing to keep. */
function sealed({ forms, session, inputValues, services }: AppState, path: string): string | null {
  if (session?.audience !== "staff") return null;
  const who = forms.markOf(session.staffUserId).toString("base64url");
  return forms.seal({ path, values: inputValues, who }, services.clock.now());
}

function signInAgain(ctx: Context<AppState>): Response {
  const response = ctx.redirect("/login?done=ended", 303);
  response.headers.append("set-cookie", endedCookie("staff", ctx.state.isHttps));
  return response;
}
