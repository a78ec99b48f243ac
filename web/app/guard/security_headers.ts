import type { Middleware } from "fresh";
import type { AppState } from "@/web/app/state.ts";

/** Settings of {@linkcode securityHeaders}. */
export interface SecurityHeadersOptions {
  /** The address that browsers use; `https:` turns on Strict-Transport-Security. */
  publicUrl?: URL;
  /** Hosts besides our own that a form may be sent to, such as the checkout's. */
  formActions?: readonly string[];
}

const YEAR_SECONDS = 31_536_000;

/** Sets the policy headers on every answer and puts the nonce of the policy on the state. */
export function securityHeaders(options: SecurityHeadersOptions = {}): Middleware<AppState> {
  const isHttps = options.publicUrl?.protocol === "https:";
  const formActions = ["'self'", ...options.formActions ?? []].join(" ");
  return async (ctx) => {
    const nonce = crypto.randomUUID().replaceAll("-", "");
    ctx.state.nonce = nonce;
    const response = await ctx.next();
    const { headers } = response;
    // A page that needs less says so itself: web/app/serve/bare_page.tsx.
    if (!headers.has("content-security-policy")) {
      headers.set("content-security-policy", policy(nonce, formActions));
    }
    headers.set("x-content-type-options", "nosniff");
    if (!headers.has("referrer-policy")) headers.set("referrer-policy", "same-origin");
    headers.set("cross-origin-opener-policy", "same-origin");
    if (isHttps) headers.set("strict-transport-security", `max-age=${YEAR_SECONDS}; includeSubDomains`);
    // Pages show one tenant's books: nothing but static files may be kept by a cache.
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    return response;
  };
}

function policy(nonce: string, formActions: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    // Only what says so itself lets a page of ours hold it: the preview of a mail.
    "frame-src 'self'",
    `form-action ${formActions}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
