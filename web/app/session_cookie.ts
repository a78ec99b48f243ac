import type { Context } from "fresh";
import type { AppState } from "./state.ts";

/** `__Host-` needs https; on plain http (a first try on one machine) the name says that it is the weaker one. */
const SECURE_NAME = "__Host-linya";
const PLAIN_NAME = "linya";

/** Set-Cookie value that carries a session token. */
export function sessionCookie(url: URL, token: string, expiresAt: Temporal.Instant): string {
  const expires = new Date(expiresAt.epochMilliseconds).toUTCString();
  return `${nameFor(url)}=${token}; Path=/; HttpOnly; SameSite=Lax; Expires=${expires}${secureFor(url)}`;
}

/** Set-Cookie value that removes it. */
export function endedCookie(url: URL): string {
  return `${nameFor(url)}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${secureFor(url)}`;
}

/** The session token of a request; null when it has none. */
export function readSessionToken(headers: Headers, url: URL): string | null {
  const wanted = nameFor(url);
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

function nameFor(url: URL): string {
  return url.protocol === "https:" ? SECURE_NAME : PLAIN_NAME;
}

function secureFor(url: URL): string {
  return url.protocol === "https:" ? "; Secure" : "";
}
