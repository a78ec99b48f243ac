import { eq, or, type Query, RouterOsError, type Row, TrapError } from "@/shared/routeros/mod.ts";
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

  constructor(readonly names: readonly string[], readonly field: string) {
    super(`Cannot confirm ${field} on the router: ${names.length} accounts still show the old state`);
  }
}

/** What became of each name; every given name is in exactly one list. */
export interface SetDisabledResult {
  changed: string[];
  unchanged: string[];
  /** Names that the router does not have. */
  missing: string[];
}

/**
 * A query for these names, or null when all rows must be read: for many names, and for names outside ASCII, because a
 * router edited from Windows may hold them in another encoding than the query would carry.
 */
export function queryForNames(names: readonly string[]): Query | null {
  const [first, ...rest] = names;
  if (first === undefined || names.length > MAX_NAMES_IN_QUERY) return null;
  const isAscii = names.every((name) => /^[\x20-\x7e]*$/.test(name));
  return isAscii ? or(eq("name", first), ...rest.map((name) => eq("name", name))) : null;
}

/** The rows of a menu whose name is one of `names`. */
export async function printByName(
  session: RouterOsSession,
  menu: string,
  names: readonly string[],
  options: CallOptions,
): Promise<Row[]> {
  if (names.length === 0) return [];
  const query = queryForNames(names);
  const { rows } = await session.call(`${menu}/print`, {}, {
    ...options,
    ...(query === null ? { deadlineMs: BULK_DEADLINE_MS } : { query }),
  });
  const wanted = new Set(names);
  return rows.filter((row) => wanted.has(row["name"] ?? ""));
}

/** The secrets of these names, without what only an import needs. */
export async function findSecrets(
  session: RouterOsSession,
  names: readonly string[],
  priority: Priority,
): Promise<PppSecretRow[]> {
  const rows = await printByName(session, "/ppp/secret", names, { proplist: SECRET_FIELDS, priority });
  return rows.map(secretFrom);
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
 * Enables or disables by name: compares first, writes what differs, reads back.
 *
 * @throws {WithdrawnError} when a write was not wanted any more at the moment of sending; earlier batches stand
 */
export async function setDisabled(
  session: RouterOsSession,
  names: readonly string[],
  disabled: boolean,
  options: { batchSize: number; isStillWanted?: () => boolean },
): Promise<SetDisabledResult> {
  const wanted = [...new Set(names)];
  const priority: Priority = disabled ? "cut" : "restore";
  const before = await findSecrets(session, wanted, priority);
  const differing = before.filter((row) => row.disabled !== disabled);
  const toChange = new Set(differing.map((row) => row.name));
  const present = new Set(before.map((row) => row.name));
  const ids = differing.map((row) => row.id);
  await runBatched(session, "/ppp/secret/set", ids, { disabled }, { ...options, priority });
  const vanished = await confirm(
    session,
    [...toChange],
    priority,
    (row) => row.disabled === disabled,
    "disabled",
  );
  return {
    changed: wanted.filter((name) => toChange.has(name) && !vanished.has(name)),
    unchanged: wanted.filter((name) => present.has(name) && !toChange.has(name)),
    missing: wanted.filter((name) => !present.has(name) || vanished.has(name)),
  };
}

/** Reads the names again; throws when one is not as wanted. Returns the names that are gone. */
async function confirm(
  session: RouterOsSession,
  names: readonly string[],
  priority: Priority,
  isAsWanted: (row: PppSecretRow) => boolean,
  field: string,
): Promise<Set<string>> {
  const after = await findSecrets(session, names, priority);
  const wrong = after.filter((row) => !isAsWanted(row)).map((row) => row.name);
  if (wrong.length > 0) throw new ReadBackError([...new Set(wrong)], field);
  const present = new Set(after.map((row) => row.name));
  return new Set(names.filter((name) => !present.has(name)));
}

/** Moves one account to a profile: compares first, writes, reads back. An unknown profile is a TrapError of kind BadValue. */
export async function setProfile(
  session: RouterOsSession,
  name: string,
  profile: string,
  priority: Priority,
): Promise<"changed" | "unchanged" | "missing"> {
  const before = await findSecrets(session, [name], priority);
  if (before.length === 0) return "missing";
  const ids = before.filter((row) => row.profile !== profile).map((row) => row.id);
  if (ids.length === 0) return "unchanged";
  await runBatched(session, "/ppp/secret/set", ids, { profile }, { batchSize: 1, priority });
  const vanished = await confirm(session, [name], priority, (row) => row.profile === profile, "profile");
  return vanished.has(name) ? "missing" : "changed";
}
