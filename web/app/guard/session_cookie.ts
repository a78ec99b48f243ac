import type { Context } from "fresh";
import { KNOWN_DAYS } from "@/web/gateways/known_browsers/mod.ts";
import type { Client } from "@/web/services/access/session.ts";
import type { SignedInAudience } from "@/web/domain/access/mod.ts";
import { AUDIENCE_PLACES } from "@/web/app/audiences.ts";
import type { AppState } from "@/web/app/state.ts";

/** Browsers keep no cookie for longer than 400 days. */
const KNOWN_SECONDS = KNOWN_DAYS * 86_400;

/** Set-Cookie value that carries a session token. */
export function sessionCookie(
  audience: SignedInAudience,
  isHttps: boolean,
  token: string,
  expiresAt: Temporal.Instant,
): string {
  const expires = new Date(expiresAt.epochMilliseconds).toUTCString();
  return `${nameFor(audience, isHttps)}=${token}; ${restFor(audience)}; Expires=${expires}${
    secureFor(isHttps)
  }`;
}

/** Set-Cookie value that removes it. */
export function endedCookie(audience: SignedInAudience, isHttps: boolean): string {
  return `${nameFor(audience, isHttps)}=; ${restFor(audience)}; Max-Age=0${secureFor(isHttps)}`;
}

/** The session token of a request; null when it has none. */
export function readSessionToken(
  audience: SignedInAudience,
  headers: Headers,
  isHttps: boolean,
): string | null {
  return readCookie(headers, nameFor(audience, isHttps), /^[A-Za-z0-9_-]{43}$/);
}

function readCookie(headers: Headers, wanted: string, form: RegExp): string | null {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === wanted && value !== undefined && form.test(value)) return value;
  }
  return null;
}

/** Set-Cookie value by which a browser is known after a sign-in; it outlives sessions and opens nothing. */
export function knownCookie(audience: SignedInAudience, isHttps: boolean, known: string): string {
  const name = `${nameFor(audience, isHttps)}-known`;
  return `${name}=${known}; ${restFor(audience)}; Max-Age=${KNOWN_SECONDS}${secureFor(isHttps)}`;
}

/** Whoever asks: for the limits of signing in, the security log, and the list of sessions. */
export function clientOf(audience: SignedInAudience, { state, req }: Context<AppState>): Required<Client> {
  return {
    ip: state.clientIp,
    userAgent: req.headers.get("user-agent"),
    requestId: state.requestId,
    known: readCookie(req.headers, `${nameFor(audience, state.isHttps)}-known`, /^[\w.-]{64,400}$/),
    openToken: readSessionToken(audience, req.headers, state.isHttps),
  };
}

/** Puts a sign-in's cookies on its answer. */
export function keepSignedIn(
  response: Response,
  audience: SignedInAudience,
  isHttps: boolean,
  signedIn: { token: string; expiresAt: Temporal.Instant; known: string },
): Response {
  response.headers.append("set-cookie", sessionCookie(audience, isHttps, signedIn.token, signedIn.expiresAt));
  response.headers.append("set-cookie", knownCookie(audience, isHttps, signedIn.known));
  return response;
}

/**
 * `__Host-` and `__Secure-` need https, and the first the whole host; on plain http (a first try on one machine) the name
 * says that it is the weaker one. Whether the browser came over https is `state.isHttps`: behind a proxy that ends TLS our
 * own address is http.
 */
function nameFor(audience: SignedInAudience, isHttps: boolean): string {
  const { name, path } = AUDIENCE_PLACES[audience].cookie;
  if (!isHttps) return name;
  return path === "/" ? `__Host-${name}` : `__Secure-${name}`;
}

function restFor(audience: SignedInAudience): string {
  return `Path=${AUDIENCE_PLACES[audience].cookie.path}; HttpOnly; SameSite=Lax`;
}

function secureFor(isHttps: boolean): string {
  return isHttps ? "; Secure" : "";
}
