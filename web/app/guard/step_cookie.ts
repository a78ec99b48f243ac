/** A sign-in that waits for its second factor, and one by a passkey alone. */
export type StepKind = "second" | "passkey";

const NAMES: Record<StepKind, string> = { second: "linya-second", passkey: "linya-passkey" };
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Set-Cookie value of a sign-in that is not finished. It opens nothing, and no page but those of the sign-in gets it. */
export function stepCookie(
  kind: StepKind,
  isHttps: boolean,
  { token, expiresAt }: { token: string; expiresAt: Temporal.Instant },
): string {
  const expires = new Date(expiresAt.epochMilliseconds).toUTCString();
  return `${nameOf(kind, isHttps)}=${token}; Path=/login; HttpOnly; SameSite=Lax; Expires=${expires}${
    secure(isHttps)
  }`;
}

/** Takes it away: the step was used. */
export function endedStepCookie(kind: StepKind, isHttps: boolean): string {
  return `${nameOf(kind, isHttps)}=; Path=/login; HttpOnly; SameSite=Lax; Max-Age=0${secure(isHttps)}`;
}

/** The token of this browser's step; empty when it has none. */
export function readStepToken(kind: StepKind, headers: Headers, isHttps: boolean): string {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value = ""] = pair.trim().split("=", 2);
    if (name === nameOf(kind, isHttps) && TOKEN.test(value)) return value;
  }
  return "";
}

function nameOf(kind: StepKind, isHttps: boolean): string {
  return isHttps ? `__Secure-${NAMES[kind]}` : NAMES[kind];
}

function secure(isHttps: boolean): string {
  return isHttps ? "; Secure" : "";
}
