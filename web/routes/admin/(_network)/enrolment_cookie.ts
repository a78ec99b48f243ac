import type { AppState } from "@/web/app/state.ts";

const NAME = "linya_code";
const CODE = /^[0-9A-Z-]{6,40}$/;

/**
 * The enrolment code on its way from the form to the page. Only its hash is stored, and a code in an address would stay
 * in logs and histories, so the browser that asked keeps it until it expires; the page shows it while it still works.
 */
export function enrolmentCookie(
  state: AppState,
  siteId: string,
  made: { code: string; expiresAt: Temporal.Instant },
): string {
  const seconds = Math.max(
    0,
    Math.floor((made.expiresAt.epochMilliseconds - state.services.clock.now().epochMilliseconds) / 1000),
  );
  const secure = state.isHttps ? "; Secure" : "";
  return `${NAME}=${made.code}; Path=/admin/sites/${siteId}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

/** The code that this browser asked for; null when it asked for none. */
export function readEnrolmentCode(headers: Headers): string | null {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value = ""] = pair.trim().split("=", 2);
    if (name === NAME && CODE.test(value)) return value;
  }
  return null;
}
