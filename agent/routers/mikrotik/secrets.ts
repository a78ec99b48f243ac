import { eq, or, type Query, RouterOsError, type Row, TrapError } from "@/shared/routeros/mod.ts";
import { accountOfSecret, countingSecrets, namesOfAccounts } from "../ppp_accounts.ts";
import type { CallOptions, Priority } from "./request.ts";
import { type PppSecretRow, SECRET_FIELDS, secretFrom } from "./rows.ts";
import type { RouterOsSession } from "./session.ts";

/** A bulk print may take long on a small board. */
export const BULK_DEADLINE_MS = 120_000;
/** Above this many names one print of everything is cheaper than a query for each. */
const MAX_NAMES_IN_QUERY = 40;

/** The router took a write without complaint and then showed another state. */
export class ReadBackError extends RouterOsError {
  readonly code = "router_read_back_differs";

  constructor(readonly accounts: readonly string[], readonly field: string) {
    super(`Cannot confirm ${field} on the router: ${accounts.length} accounts still show the old state`);
  }
}

/** What became of each account; every given one is in exactly one list. */
export interface SetDisabledResult {
  changed: string[];
  unchanged: string[];
  /** Accounts that the router does not have. */
  missing: string[];
}

/** A query for these names, each with the bytes that it has on the router; null for none, and for many. */
function queryForNames(names: readonly string[]): Query | null {
  const [first, ...rest] = names;
  if (first === undefined || names.length > MAX_NAMES_IN_QUERY) return null;
  return or(eq("name", first), ...rest.map((name) => eq("name", name)));
}

/** The rows of a menu that have the name of one of these accounts, of whatever service: the caller tells them apart. */
export async function printByName(
  session: RouterOsSession,
  menu: string,
  accounts: readonly string[],
  options: CallOptions,
): Promise<Row[]> {
  const names = namesOfAccounts(accounts);
  if (names.length === 0) return [];
  const query = queryForNames(names);
  const { rows } = await session.call(`${menu}/print`, {}, {
    ...options,
    ...(query === null ? { deadlineMs: BULK_DEADLINE_MS } : { query }),
  });
  const wanted = new Set(names);
  return rows.filter((row) => wanted.has(row["name"] ?? ""));
}

/** The secrets of these accounts by the key of each; an account that the router does not have is absent. */
export async function findSecrets(
  session: RouterOsSession,
  accounts: readonly string[],
  options: { priority: Priority; fields?: readonly string[] },
): Promise<Map<string, PppSecretRow[]>> {
  const { priority, fields: proplist = SECRET_FIELDS } = options;
  const rows = await printByName(session, "/ppp/secret", accounts, { proplist, priority });
  const byAccount = Map.groupBy(rows.map(secretFrom), accountOfSecret);
  return new Map(accounts.flatMap((key) => {
    const own = byAccount.get(key);
    return own === undefined ? [] : [[key, own]];
  }));
}

/** Runs a command for many ids in as few sentences as may be; after a refusal, id by id. Returns how many took effect. */
export async function runBatched(
  session: RouterOsSession,
  command: string,
  ids: readonly string[],
  attributes: Readonly<Record<string, string | boolean>>,
  options: CallOptions & { batchSize: number },
): Promise<number> {
  const { batchSize, ...callOptions } = options;
  let done = 0;
  for (let start = 0; start < ids.length; start += batchSize) {
    const batch = ids.slice(start, start + batchSize);
    try {
      await session.call(command, { numbers: batch.join(","), ...attributes }, callOptions);
      done += batch.length;
    } catch (error) {
      if (!(error instanceof TrapError) || error.kind === "Permission") throw error;
      if (batch.length === 1 && error.kind !== "NoSuchItem") throw error;
      if (batch.length > 1) {
        done += await runBatched(session, command, batch, attributes, { ...options, batchSize: 1 });
      }
    }
  }
  return done;
}

/**
 * Enables or disables accounts: compares first, writes what differs, reads back. A secret for any service beside the one
 * of a PPPoE account goes with it both ways: left enabled it could let in who was cut, left disabled it would keep out
 * who paid.
 *
 * @throws {WithdrawnError} when a write was not wanted any more at the moment of sending; earlier batches stand
 */
export async function setDisabled(
  session: RouterOsSession,
  accounts: readonly string[],
  disabled: boolean,
  options: { batchSize: number; isStillWanted?: () => boolean },
): Promise<SetDisabledResult> {
  const wanted = [...new Set(accounts)];
  const priority: Priority = disabled ? "cut" : "restore";
  const before = await findSecrets(session, wanted, { priority });
  const differs = (row: PppSecretRow) => row.disabled !== disabled;
  const toChange = new Set(wanted.filter((key) => before.get(key)?.some(differs)));
  const ids = [...before.values()].flat().filter(differs).map((row) => row.id);
  await runBatched(session, "/ppp/secret/set", ids, { disabled }, { ...options, priority });
  const vanished = await confirm(session, [...toChange], {
    priority,
    isAsWanted: (rows) => !rows.some(differs),
    field: "disabled",
  });
  return {
    changed: wanted.filter((key) => toChange.has(key) && !vanished.has(key)),
    unchanged: wanted.filter((key) => before.has(key) && !toChange.has(key)),
    missing: wanted.filter((key) => !before.has(key) || vanished.has(key)),
  };
}

/** Reads the accounts again; throws when one is not as wanted. Returns those that are gone. */
async function confirm(
  session: RouterOsSession,
  accounts: readonly string[],
  options: { priority: Priority; isAsWanted: (rows: readonly PppSecretRow[]) => boolean; field: string },
): Promise<Set<string>> {
  if (session.isPlanning) return new Set();
  const after = await findSecrets(session, accounts, options);
  const wrong = [...after].filter(([, rows]) => !options.isAsWanted(rows)).map(([key]) => key);
  if (wrong.length > 0) throw new ReadBackError(wrong, options.field);
  return new Set(accounts.filter((key) => !after.has(key)));
}

/** Moves one account to a profile: compares first, writes, reads back. An unknown profile is a TrapError of kind BadValue. */
export async function setProfile(
  session: RouterOsSession,
  account: string,
  profile: string,
  priority: Priority,
): Promise<"changed" | "unchanged" | "missing"> {
  const before = (await findSecrets(session, [account], { priority })).get(account);
  if (before === undefined) return "missing";
  const differing = (rows: readonly PppSecretRow[]) =>
    countingSecrets(rows).filter((row) => row.profile !== profile);
  const ids = differing(before).map((row) => row.id);
  if (ids.length === 0) return "unchanged";
  await runBatched(session, "/ppp/secret/set", ids, { profile }, { batchSize: 1, priority });
  const vanished = await confirm(session, [account], {
    priority,
    isAsWanted: (rows) => differing(rows).length === 0,
    field: "profile",
  });
  return vanished.has(account) ? "missing" : "changed";
}
