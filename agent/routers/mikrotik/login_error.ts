import { ClosedError, LoginError, TrapError } from "@/shared/routeros/mod.ts";

/** The router handed out a challenge: a way to log in that RouterOS 6.45 removed. */
export function tooOldError(): LoginError {
  return new LoginError(
    "unsupported_version",
    "Cannot log in to the router: it asks for the old login, so its RouterOS is older than 6.43; update it",
  );
}

/** What a failed login means for a person; errors that say enough by themselves pass. */
export function loginErrorOf(error: unknown): unknown {
  if (error instanceof TrapError) {
    return error.traps.some((trap) => /invalid user name or password|cannot log in/i.test(trap.message))
      ? new LoginError(
        "bad_credentials",
        "Cannot log in to the router: it refused the user name or password, or the user may not use the API",
      )
      : new LoginError(
        "refused",
        `Cannot log in to the router: ${error.traps.map((trap) => trap.message).join("; ")}`,
      );
  }
  if (error instanceof ClosedError) {
    return new LoginError(
      "refused",
      "Cannot log in to the router: it closed the connection; check the allowed addresses and the session limit of its api service",
    );
  }
  return error;
}
