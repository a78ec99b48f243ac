import { accountOfSession } from "../ppp_accounts.ts";
import type { Priority } from "./request.ts";
import { activeFrom, type PppActiveRow } from "./rows.ts";
import { printByName } from "./secrets.ts";
import type { RouterOsSession } from "./session.ts";

/** The sessions of these accounts, without what only a list shows. */
export async function findSessionRows(
  session: RouterOsSession,
  accounts: readonly string[],
  priority: Priority,
): Promise<PppActiveRow[]> {
  const proplist = [".id", "name", "service"];
  const rows = await printByName(session, "/ppp/active", accounts, { proplist, priority });
  const wanted = new Set(accounts);
  return rows.map(activeFrom).filter((row) => wanted.has(accountOfSession(row) ?? ""));
}

/** Of these accounts, those with a session. */
export async function findSessions(session: RouterOsSession, accounts: readonly string[]): Promise<string[]> {
  const rows = await findSessionRows(session, accounts, "normal");
  return [...new Set(rows.flatMap((row) => accountOfSession(row) ?? []))];
}
