import type { AppState } from "@/web/app/state.ts";
import { LINK_MINUTES } from "@/web/route_table/staff.ts";

const NAME = "linya_link";
const CODE = /^[\w-]{43}$/;

/**
 * The code of a link on its way from the form to the page of what it is for. Only its hash is stored, and in an address of
 * ours it would stay in logs: so the browser that asked keeps it for a few minutes, to copy it.
 */
export function linkCookie(state: AppState, path: string, code: string): string {
  const secure = state.isHttps ? "; Secure" : "";
  return `${NAME}=${code}; Path=${path}; Max-Age=${LINK_MINUTES * 60}; HttpOnly; SameSite=Strict${secure}`;
}

/** Takes it away again: it was used, or is worthless. */
export function endedLinkCookie(state: AppState, path: string): string {
  return `${NAME}=; Path=${path}; Max-Age=0; HttpOnly; SameSite=Strict${state.isHttps ? "; Secure" : ""}`;
}

/** The code that this browser asked for; null when it asked for none, or too long ago. */
export function readLinkCode(headers: Headers): string | null {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value = ""] = pair.trim().split("=", 2);
    if (name === NAME && CODE.test(value)) return value;
  }
  return null;
}
