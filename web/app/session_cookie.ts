import type { Context } from "fresh";
import { KNOWN_DAYS } from "@/web/gateways/known_browsers/mod.ts";
import type { Client } from "@/web/services/access/sign_in.ts";
import type { AppState } from "./state.ts";

/**
 * `__Host-` needs https; on plain http (a first try on one machine) the name says that it is the weaker one. Whether
 * the browser came over https is `state.isHttps`: behind a proxy that ends TLS our own address is http.
 */
const SECURE_NAME = "__Host-linya";
const PLAIN_NAME = "linya";
/** Browsers keep no cookie for longer than 400 days. */
const KNOWN_SECONDS = KNOWN_DAYS * 86_400;

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
  return readCookie(headers, nameFor(isHttps), /^[A-Za-z0-9_-]{43}$/);
}

function readCookie(headers: Headers, wanted: string, form: RegExp): string | null {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === wanted && value !== undefined && form.test(value)) return value;
  }
  return null;
}

/** Set-Cookie value by which a browser is known after a sign-in; it outlives sessions and opens nothing. */
export function knownCookie(isHttps: boolean, known: string): string {
  return `${nameFor(isHttps)}-known=${known}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${KNOWN_SECONDS}${
    secureFor(isHttps)
  }`;
}

/** Whoever asks: for the limits of signing in, the security log, and the list of sessions. */
export function clientOf({ state, req }: Context<AppState>): Required<Client> {
  return {
    ip: state.clientIp,
    userAgent: req.headers.get("user-agent"),
    requestId: state.requestId,
    known: readCookie(req.headers, `${nameFor(state.isHttps)}-known`, /^[\w.-]{64,400}$/),
    openToken: readSessionToken(req.headers, state.isHttps),
  };
}

/** Puts a sign-in's cookies on its answer. */
export function keepSignedIn(
  response: Response,
  isHttps: boolean,
  signedIn: { token: string; expiresAt: Temporal.Instant; known: string },
): Response {
  response.headers.append("set-cookie", sessionCookie(isHttps, signedIn.token, signedIn.expiresAt));
  response.headers.append("set-cookie", knownCookie(isHttps, signedIn.known));
  return response;
}

function nameFor(isHttps: boolean): string {
  return isHttps ? SECURE_NAME : PLAIN_NAME;
}

function secureFor(isHttps: boolean): string {
  return isHttps ? "; Secure" : "";
}
