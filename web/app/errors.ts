import { type Context, HttpError, type Middleware } from "fresh";
import { renderErrorPage } from "@/web/fresh/internal.ts";
import { errorDocument } from "./error_document.ts";
import type { AppState } from "./state.ts";

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

const CODES: Record<number, string> = {
  400: "bad_request",
  401: "not_signed_in",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  408: "too_slow",
  409: "conflict",
  413: "too_large",
  421: "unknown_host",
  422: "invalid_input",
  429: "too_many_requests",
  503: "unavailable",
};

const UNAVAILABLE: PublicError = {
  status: 503,
  code: "unavailable",
  message:
    "Linya cannot reach its database. Nothing was lost and nobody was cut. Try again in a few seconds.",
};

/** Turns what is thrown into an answer: a page, or JSON below `/api`. Logs what is our fault. */
export function errors(options: ErrorsOptions = {}): Middleware<AppState> {
  const isUnavailable = options.isUnavailable ?? (() => false);
  const retryAfter = String(options.retryAfterSeconds ?? 5);
  return async (ctx) => {
    try {
      return await ctx.next();
    } catch (error) {
      const shown = isUnavailable(error) ? UNAVAILABLE : publicErrorOf(error);
      logError(ctx, error, shown);
      const response = isApi(ctx) ? jsonAnswer(ctx, shown) : await pageAnswer(ctx, error, shown);
      if (shown.status === 503) response.headers.set("retry-after", retryAfter);
      return response;
    }
  };
}

/** What a visitor may know about an error. */
export function publicErrorOf(error: unknown): PublicError {
  if (error instanceof HttpError) {
    return { status: error.status, code: CODES[error.status] ?? "error", message: error.message };
  }
  return { status: 500, code: "internal", message: "Something failed on our side. The error was recorded." };
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
    error: name,
    message,
    stack,
  };
  if (shown.status === 503) ctx.state.log.warn("request_unavailable", fields);
  else ctx.state.log.error("request_failed", fields);
}

function jsonAnswer(ctx: Context<AppState>, { status, code, message }: PublicError): Response {
  return Response.json({ error: { code, message, requestId: ctx.state.requestId } }, { status });
}

async function pageAnswer(ctx: Context<AppState>, error: unknown, shown: PublicError): Promise<Response> {
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
  return ctx.html(errorDocument({ ...shown, requestId: ctx.state.requestId }), { status: shown.status });
}
