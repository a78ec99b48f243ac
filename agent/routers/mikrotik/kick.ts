import type { Priority } from "./request.ts";
import { findSecrets, runBatched } from "./secrets.ts";
import { findSessionRows } from "./sessions.ts";
import type { RouterOsSession } from "./session.ts";

export interface KickSettings {
  /** Wait before looking again for sessions that slipped in. */
  recheckMs: number;
  /** Looks at most, the first included. */
  maxRounds: number;
  batchSize: number;
  priority: Priority;
  /** Asked before every write. */
  isStillWanted?: () => boolean;
}

/**
 * Ends every session of these accounts, and none that came by another service. Setting a secret does not end its session, and a box that was just being
 * authenticated can come up after the first look: so while a secret reads disabled its sessions are looked for again.
 */
export async function kick(
  session: RouterOsSession,
  accounts: readonly string[],
  settings: KickSettings,
): Promise<{ kicked: number }> {
  let remaining = [...new Set(accounts)];
  let kicked = await endSessions(session, remaining, settings);
  // A session that only plans ends none: another look would plan the same again.
  if (session.isPlanning) return { kicked };
  remaining = await stillDisabled(session, remaining, settings.priority);
  for (let round = 1; round < settings.maxRounds && remaining.length > 0; round++) {
    await delayWhileOpen(session, settings.recheckMs);
    // Asked again after the wait: who was restored meanwhile keeps the session.
    remaining = await stillDisabled(session, remaining, settings.priority);
    const found = await endSessions(session, remaining, settings);
    kicked += found;
    if (found === 0) break;
  }
  return { kicked };
}

async function endSessions(
  session: RouterOsSession,
  accounts: readonly string[],
  { batchSize, priority, isStillWanted }: KickSettings,
): Promise<number> {
  const rows = await findSessionRows(session, accounts, priority);
  const ids = rows.map((row) => row.id).filter((id) => id !== "");
  return await runBatched(session, "/ppp/active/remove", ids, {}, {
    batchSize,
    priority,
    ...(isStillWanted === undefined ? {} : { isStillWanted }),
  });
}

async function stillDisabled(
  session: RouterOsSession,
  accounts: readonly string[],
  priority: Priority,
): Promise<string[]> {
  const found = await findSecrets(session, accounts, { priority });
  return [...found].filter(([, rows]) => rows.every((row) => row.disabled)).map(([key]) => key);
}

/** Waits, but not longer than the connection lives; the next call then tells that it is gone. */
async function delayWhileOpen(session: RouterOsSession, ms: number): Promise<void> {
  const elapsed = Promise.withResolvers<void>();
  const timer = setTimeout(elapsed.resolve, ms);
  await Promise.race([elapsed.promise, session.ended]);
  clearTimeout(timer);
}
