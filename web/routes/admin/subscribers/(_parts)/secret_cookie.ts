import type { AppState } from "@/web/app/state.ts";

const NAME = "linya_ppp";
const SECONDS = 120;
const VALUE = /^([0-9a-f-]{36})\.([2-9a-z]{8,40})$/;

/**
 * A PPP password on its way from the form to the page that shows it once. It is stored nowhere, and in an address it
 * would stay in logs and histories: the browser that asked brings it back with the next request, and the page that
 * shows it takes it away.
 */
export function passwordCookie(
  state: AppState,
  subscriberId: string,
  made: { subscriptionId: string; password: string } | null,
): string {
  const secure = state.isHttps ? "; Secure" : "";
  const value = made === null ? "" : `${made.subscriptionId}.${made.password}`;
  const age = made === null ? 0 : SECONDS;
  return `${NAME}=${value}; Path=/admin/subscribers/${subscriberId}/secret; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`;
}

/** The password that this browser has just been given for a connection; null when it has none. */
export function readPassword(headers: Headers, subscriptionId: string): string | null {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value = ""] = pair.trim().split("=", 2);
    if (name !== NAME) continue;
    const [, id, password] = VALUE.exec(value) ?? [];
    if (id === subscriptionId && password !== undefined) return password;
  }
  return null;
}
