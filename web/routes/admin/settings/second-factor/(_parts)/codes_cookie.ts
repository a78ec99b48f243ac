import { formatRecoveryCode } from "@/web/domain/access/second_factor.ts";
import { CODES_MINUTES } from "@/web/route_table/factors.ts";
import type { AppState } from "@/web/app/state.ts";

const NAME = "linya_codes";
const CODES = /^[0-9A-HJKMNP-TV-Z]{16}(\.[0-9A-HJKMNP-TV-Z]{16}){0,19}$/;
/** Where the codes are shown; the browser sends them nowhere else. */
export const CODES_PATH = "/admin/settings/second-factor/codes";

/**
 * Recovery codes on their way from the form to the page that shows them. Only their hashes are stored, so the browser that
 * asked keeps them for a few minutes, to copy, print or download.
 */
export function codesCookie({ isHttps }: AppState, codes: readonly string[]): string {
  return `${NAME}=${codes.join(".")}; Path=${CODES_PATH}; Max-Age=${CODES_MINUTES * 60}; ${rest(isHttps)}`;
}

/** Takes them away again. */
export function endedCodesCookie({ isHttps }: AppState): string {
  return `${NAME}=; Path=${CODES_PATH}; Max-Age=0; ${rest(isHttps)}`;
}

/** The codes that this browser has just been given, as people read them; none in every other. */
export function readCodes(headers: Headers): string[] {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value = ""] = pair.trim().split("=", 2);
    if (name === NAME && CODES.test(value)) return value.split(".").map(formatRecoveryCode);
  }
  return [];
}

function rest(isHttps: boolean): string {
  return `HttpOnly; SameSite=Strict${isHttps ? "; Secure" : ""}`;
}
