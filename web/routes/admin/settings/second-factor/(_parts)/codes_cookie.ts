import { formatRecoveryCode } from "@/web/domain/access/second_factor.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { CODES_MINUTES } from "@/web/route_table/factors.ts";
import type { AppState } from "@/web/app/state.ts";

const NAME = "linya_codes";
const CODES = /^[0-9a-f-]{36}(\.[0-9A-HJKMNP-TV-Z]{16}){1,20}$/;
/** Where the codes are shown; the browser sends them nowhere else. */
export const CODES_PATH = "/admin/settings/second-factor/codes";

/**
 * Recovery codes on their way from the form to the page that shows them. Only their hashes are stored, so the browser that
 * asked keeps them for a few minutes, to copy, print or download. Who signs in there next does not see them.
 */
export function codesCookie(state: AppState, codes: readonly string[]): string {
  const { isHttps } = state;
  return `${NAME}=${[requireSession(state).sessionId, ...codes].join(".")}; Path=${CODES_PATH}; Max-Age=${
    CODES_MINUTES * 60
  }; ${rest(isHttps)}`;
}

/** Takes them away again. */
export function endedCodesCookie({ isHttps }: AppState): string {
  return `${NAME}=; Path=${CODES_PATH}; Max-Age=0; ${rest(isHttps)}`;
}

/** The codes that this session has just been given, as people read them; none in every other. */
export function readCodes(state: AppState, headers: Headers): string[] {
  const { sessionId } = requireSession(state);
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value = ""] = pair.trim().split("=", 2);
    if (name !== NAME || !CODES.test(value)) continue;
    const [whose, ...codes] = value.split(".");
    if (whose === sessionId) return codes.map(formatRecoveryCode);
  }
  return [];
}

function rest(isHttps: boolean): string {
  return `HttpOnly; SameSite=Strict${isHttps ? "; Secure" : ""}`;
}
