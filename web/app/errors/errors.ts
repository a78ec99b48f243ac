import { type Context, HttpError, type Middleware } from "fresh";
import { type Coded, coded, findRefusal, type RefusalCode } from "@/shared/codes/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { preferredLocale, type Translate, translator } from "@/web/messages/mod.ts";
import { renderErrorPage } from "@/web/fresh/internal.ts";
import { notePageFailed } from "@/web/services/system_log/note_page_failed.ts";
import { errorDocument } from "./error_document.ts";
import { Refused } from "./refused.ts";
import type { AppState } from "@/web/app/state.ts";

/** Settings of {@linkcode errors}. */
export interface ErrorsOptions {
  /** True for errors that mean the database is away: they answer 503, never 401 or 500 (R13). */
  isUnavailable?: (error: unknown) => boolean;
  /** @default {5} */
  retryAfterSeconds?: number;
}

/** An error as the visitor may see it. */
export interface PublicError {
  status: number;
  /** Snake-case code of the JSON answer. */
  code: string;
  message: string;
}

/** What the router itself refuses has a status only. */
const CODE_OF_STATUS: Readonly<Record<number, RefusalCode>> = {
  401: "not_signed_in",
  404: "not_found",
  405: "method_not_allowed",
  503: "unavailable",
};

/** Turns what is thrown into an answer: a page, or JSON below `/api`. Logs what is our fault. */
export function errors(options: ErrorsOptions = {}): Middleware<AppState> {
  const isUnavailable = options.isUnavailable ?? (() => false);
  const retryAfter = String(options.retryAfterSeconds ?? 5);
  return async (ctx) => {
    try {
      return await ctx.next();
    } catch (error) {
      const t = wordsOf(ctx);
      const shown = publicErrorOf(
        isUnavailable(error) ? new Refused(coded("unavailable"), { cause: error }) : error,
        t,
      );
      logError(ctx, error, shown);
      await noteFailure(ctx, error, shown);
      const response = isApi(ctx) ? jsonAnswer(ctx, shown) : await pageAnswer(ctx, t, { error, shown });
      if (shown.status === 503) response.headers.set("retry-after", retryAfter);
      return response;
    }
  };
}

/** What a visitor may know about an error, in their language. */
export function publicErrorOf(error: unknown, t: Translate): PublicError {
  const { code, values } = refusalOf(error);
  const status = error instanceof HttpError ? error.status : findRefusal(code)?.status ?? 500;
  return { status, code: code === "plain" ? "error" : code, message: codedText(t, { code, values }) };
}

function refusalOf(error: unknown): Coded {
  if (error instanceof Refused) return error.refusal;
  if (!(error instanceof HttpError)) return coded("internal");
  const code = CODE_OF_STATUS[error.status];
  return code === undefined ? coded("plain", { text: error.message }) : { code, values: {} };
}

/** An error of the first guards comes before the language is chosen. */
function wordsOf({ req, state }: Context<AppState>): Translate {
  return state.t ?? translator(preferredLocale(req.headers.get("accept-language")));
}

/** True where answers are JSON. */
export function isApi(ctx: { url: URL }): boolean {
  return ctx.url.pathname === "/api" || ctx.url.pathname.startsWith("/api/");
}

function logError(ctx: Context<AppState>, error: unknown, shown: PublicError): void {
  if (shown.status < 500) return;
  const { message, stack, name } = error instanceof Error ? error : new Error(String(error));
  const fields = {
    method: ctx.req.method,
    route: ctx.route,
    status: shown.status,
    code: shown.code,
    error: name,
    message,
    stack,
  };
  if (shown.status === 503) ctx.state.log.warn("request_unavailable", fields);
  else ctx.state.log.error("request_failed", fields);
}

/** What went wrong for somebody of a company is found in its System Logs by the id that the error page shows. */
async function noteFailure({ state, req, url }: Context<AppState>, error: unknown, { status }: PublicError) {
  const session = state.session ?? null;
  if (status < 500 || status === 503 || session === null || session.audience === "operator") return;
  await notePageFailed(state.services, {
    tenantId: session.tenantId,
    requestId: state.requestId,
    method: req.method,
    // Without its query, which holds what somebody typed.
    path: url.pathname,
    error,
  });
}

function jsonAnswer(ctx: Context<AppState>, { status, code, message }: PublicError): Response {
  return Response.json({ error: { code, message, requestId: ctx.state.requestId } }, { status });
}

async function pageAnswer(
  ctx: Context<AppState>,
  t: Translate,
  { error, shown }: { error: unknown; shown: PublicError },
): Promise<Response> {
  const safe = error instanceof HttpError
    ? error
    : new HttpError(shown.status, shown.message, { cause: error });
  try {
    const rendered = await renderErrorPage(ctx, safe, shown.status);
    if (rendered !== null) return rendered;
  } catch (failure) {
    // The error page itself failed, for instance in a layout that reads the database.
    ctx.state.log.error("error_page_failed", { message: String(failure) });
  }
  return ctx.html(errorDocument({ ...shown, t, requestId: ctx.state.requestId }), { status: shown.status });
}
