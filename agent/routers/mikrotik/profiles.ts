import { eq, or, type Row } from "@/shared/routeros/mod.ts";
import { accountOfSecret } from "../ppp_accounts.ts";
import { type PppSecretRow, SECRET_FIELDS, secretFrom } from "./rows.ts";
import { ReadBackError, runBatched, type SetDisabledResult } from "./secrets.ts";
import type { RouterOsSession } from "./session.ts";

/** An account and the rows of it that carry its profile, as they were just read. */
export interface ProfileMove {
  account: string;
  ids: readonly string[];
}

/**
 * Moves accounts to one profile that the router has: compares first, writes what differs in one sentence, reads back.
 * Rows are addressed by the ids just read and looked at again, so that no name has to be searched for and no row is
 * written that came to belong to another account. Everything else overtakes it.
 *
 * @throws {WithdrawnError} when it was not wanted any more at the moment of sending
 */
export async function moveToProfile(
  session: RouterOsSession,
  moves: readonly ProfileMove[],
  profile: string,
  options: { batchSize: number; isStillWanted?: () => boolean },
): Promise<SetDisabledResult> {
  const before = await readRows(session, moves);
  const differs = (row: PppSecretRow) => row.profile !== profile;
  const toChange = moves.filter(({ account }) => before.get(account)?.some(differs) === true);
  const ids = toChange.flatMap(({ account }) => before.get(account)?.filter(differs) ?? []).map(({ id }) =>
    id
  );
  await runBatched(session, "/ppp/secret/set", ids, { profile }, { ...options, priority: "profile" });
  const after = await readRows(session, toChange);
  const wrong = [...after].filter(([, rows]) => rows.some(differs)).map(([account]) => account);
  if (wrong.length > 0) throw new ReadBackError(wrong, "profile");
  const changed = new Set(toChange.map(({ account }) => account).filter((account) => after.has(account)));
  const accounts = moves.map(({ account }) => account);
  const isUnchanged = (account: string) => before.get(account)?.some(differs) === false;
  return {
    changed: accounts.filter((account) => changed.has(account)),
    unchanged: accounts.filter(isUnchanged),
    missing: accounts.filter((account) => !changed.has(account) && !isUnchanged(account)),
  };
}

/** The rows of these ids that still belong to their accounts. */
async function readRows(
  session: RouterOsSession,
  moves: readonly ProfileMove[],
): Promise<Map<string, PppSecretRow[]>> {
  const ids = new Map(moves.flatMap(({ account, ids }) => ids.map((id) => [id, account] as const)));
  const [first, ...rest] = [...ids.keys()].map((id) => eq(".id", id));
  if (first === undefined) return new Map();
  const { rows } = await session.call("/ppp/secret/print", {}, {
    proplist: SECRET_FIELDS,
    query: or(first, ...rest),
    priority: "profile",
  });
  const own = rows.map((row: Row) => secretFrom(row)).filter((row) =>
    ids.get(row.id) === accountOfSecret(row)
  );
  return Map.groupBy(own, (row) => ids.get(row.id) ?? "");
}
