import { clip } from "@/shared/text/mod.ts";
import { ClosedError, FatalError, LoginError, type LoginFailure, TrapError } from "@/shared/routeros/mod.ts";

/** A broken router must not fill a page with its words. */
const LONGEST_REASON = 300;

/** The router handed out a challenge: a way to log in that RouterOS 6.45 removed. */
export function tooOldError(): LoginError {
  return new LoginError(
    "unsupported_version",
    `Cannot log in to the router: it asks for the old login, so it is older than 6.43; ${ADVICE.unsupported_version}`,
  );
}

/** What the words of a refusal mean; order matters, because a permission text may speak of a user too. */
const REASONS: readonly (readonly [RegExp, LoginFailure])[] = [
  [/\b(too many|no more|max\w*|limit)\b.*\b(sessions?|connections?)\b/i, "sessions_full"],
  [/\b(sessions?|connections?)\b.*\b(limit|maximum|full|exceeded|reached)\b/i, "sessions_full"],
  [/invalid user name or password|cannot log in|login failure/i, "bad_credentials"],
  [/not enough permissions|not (allowed|permitted)|policy/i, "api_not_allowed"],
];

/** What a person can do about it. */
const ADVICE: Record<LoginFailure, string> = {
  bad_credentials: "check the user and the password, and that its group has the api policy",
  api_not_allowed: "give the group of the user the api policy",
  sessions_full: "close sessions, or raise max-sessions of its api service",
  unsupported_version: "update its RouterOS",
  said: "check the user on the router",
  refused: "check the allowed addresses and the session limit of its api service",
};

/** What a failed login means for a person; errors that say enough by themselves pass. */
export function loginErrorOf(error: unknown): unknown {
  if (error instanceof TrapError) {
    return saidError(error.said);
  }
  if (error instanceof FatalError) return saidError(clip(error.reason, LONGEST_REASON) || "no reason");
  if (error instanceof ClosedError) {
    return new LoginError(
      "refused",
      `Cannot log in to the router: it closed the connection; ${ADVICE.refused}`,
    );
  }
  return error;
}

function saidError(text: string): LoginError {
  const reason = REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? "said";
  return new LoginError(
    reason,
    `Cannot log in to the router: the router said "${text}"; ${ADVICE[reason]}`,
  );
}
