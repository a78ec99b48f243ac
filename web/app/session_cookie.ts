import type { Context } from "fresh";
import type { AppState } from "./state.ts";

/**
 * `__Host-` needs https; on plain http (a first try on one machine) the name says that it is the weaker one. Whether
 * the browser came over https is `state.isHttps`: behind a proxy that ends TLS our own address is http.
 */
const SECURE_NAME = "__Host-linya";
const PLAIN_NAME = "linya";

/** Set-Cookie value that carries a session token. */
export function sessionCookie(isHttps: boolean, token: string, expiresAt: Temporal.Instant): string {
  const expires = new Date(expiresAt.epochMilliseconds).toUTCString();
  return `${nameFor(isHttps)}=${token}; Path=/; HttpOnly; SameSite=Lax; Expires=${expires}${
    secureFor(isHttps)
  }`;
}

/** Set-Cookie value that removes it. */
export function endedCookie(isHttps: boolean): string {
  return `${nameFor(isHttps)}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${secureFor(isHttps)}`;
}

/** The session token of a request; null when it has none. */
export function readSessionToken(headers: Headers, isHttps: boolean): string | null {
  const wanted = nameFor(isHttps);
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === wanted && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value)) return value;
  }
  return null;
}

/** Address and browser of whoever asks, for rate limits and the session list. */
export function clientOf(ctx: Context<AppState>): { ip: string; userAgent: string | null } {
  return { ip: ctx.state.clientIp, userAgent: ctx.req.headers.get("user-agent") };
}

function nameFor(isHttps: boolean): string {
  return isHttps ? SECURE_NAME : PLAIN_NAME;
}

function secureFor(isHttps: boolean): string {
  return isHttps ? "; Secure" : "";
}
