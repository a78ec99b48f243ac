import { accountOfKey, DEFAULT_PPP_SERVICE, type HandChange } from "@/shared/protocol/mod.ts";
import type { ManagedSecret } from "../../journal/desired_store.ts";
import type { CutMark } from "../../journal/marks_store.ts";
import { isSameAccount, type SeenAccount } from "../../journal/seen_store.ts";
import { accountOfSecret } from "../ppp_accounts.ts";
import type { Observation, ObservedAccount } from "./observe.ts";
import type { PortSecret } from "./ports.ts";

/** A change as it is found; the journal gives it an id and a time. */
export type FoundChange = Pick<HandChange, "kind" | "before" | "after"> & { account: string };

export interface Compared {
  desired: readonly ManagedSecret[];
  observed: Observation;
  seen: ReadonlyMap<string, SeenAccount>;
  cuts: Readonly<Record<string, CutMark>>;
  /** Accounts that a person at the box lets through: what happens to them is meant to be otherwise. */
  allowed: ReadonlySet<string>;
  /** False where the router gave secrets that had to be left out: what is not there may be among them. */
  isComplete: boolean;
  /** Whether Linya itself has written to the account since it was last read. */
  isOwn(name: string, found: ObservedAccount | undefined): boolean;
}

/** What differs from the last look at a router and was not done by Linya. */
export interface Comparison {
  /** Payers who were on and are off: they are enabled again. */
  disabled: FoundChange[];
  /** Who was seen cut at the last look and is on: they stay on. */
  enabled: FoundChange[];
  /** Cut by us, and on now. Those of whom no last look is remembered are among them: since when they are on is not known. */
  contradicted: string[];
  /** Those that a cut of ours holds off, the contradicted ones among them. */
  markedCount: number;
  /** Accounts that were there and are not. */
  gone: string[];
  /** Managed accounts that were there at the last look. */
  seenCount: number;
}

/** Compares a reading with the one before, the books and our own marks. Pure. */
export function compare(input: Compared): Comparison {
  const result: Comparison = {
    disabled: [],
    enabled: [],
    contradicted: [],
    markedCount: 0,
    gone: [],
    seenCount: 0,
  };
  for (const secret of input.desired) compareOne(secret, input, result);
  return result;
}

function compareOne(secret: ManagedSecret, input: Compared, result: Comparison): void {
  const { name } = secret;
  const before = input.seen.get(name);
  const mark = Object.hasOwn(input.cuts, name) ? input.cuts[name] : undefined;
  if (before === undefined && mark === undefined) return;
  const found = input.observed.accounts.get(name);
  if (input.allowed.has(name) || input.isOwn(name, found)) return;
  if (before !== undefined) result.seenCount++;
  // One that was found enabled before was told then.
  const isMarked = secret.disabled && isHeldOff(mark, secret) && before?.shut !== false;
  if (isMarked) result.markedCount++;
  if (found === undefined) {
    if (before !== undefined && input.isComplete) result.gone.push(name);
    return;
  }
  if (isMarked && !found.isDisabled) {
    result.contradicted.push(name);
    if (before?.shut === true) {
      result.enabled.push({ account: name, kind: "enabled", before: null, after: null });
    }
  }
  if (!secret.disabled && mark === undefined && before?.off === false && found.isOff) {
    result.disabled.push({ account: name, kind: "disabled", before: null, after: null });
  }
}

/** Our own cut in the name of the present list, read back, and not left to somebody's word. */
function isHeldOff(mark: CutMark | undefined, secret: ManagedSecret): boolean {
  return mark?.confirmed === true && mark.left !== true && mark.authorisation === secret.authorisation;
}

/**
 * Accounts that had the profile of the books and have another one. Where the router has no profile of that name any
 * more, nobody moved them: the profile was renamed under them.
 */
export function movedProfiles(input: Compared, profiles: ReadonlySet<string>): FoundChange[] {
  return input.desired.flatMap(({ name, profile }) => {
    const before = input.seen.get(name);
    const found = input.observed.accounts.get(name);
    if (before === undefined || found === undefined || profile === null) return [];
    if (before.profile !== profile || found.profile === profile || !profiles.has(profile)) return [];
    if (input.allowed.has(name) || input.isOwn(name, found)) return [];
    return [{ account: name, kind: "profile", before: profile, after: found.profile }];
  });
}

/** What became of accounts that are not there any more, by the rows that they had. */
export function whatBecameOf(
  gone: readonly string[],
  { seen, observed }: Pick<Compared, "seen" | "observed">,
): FoundChange[] {
  if (gone.length === 0) return [];
  const rows = new Map(observed.secrets.map((row) => [row.id, row]));
  return gone.map((account) => {
    const before = seen.get(account);
    const row = before === undefined ? undefined : rows.get(before.id);
    return fateOf(account, before, row, seen);
  });
}

function fateOf(
  account: string,
  before: SeenAccount | undefined,
  row: PortSecret | undefined,
  seen: ReadonlyMap<string, SeenAccount>,
): FoundChange {
  const deleted: FoundChange = { account, kind: "deleted", before: null, after: null };
  if (before === undefined || row === undefined) return deleted;
  const { name } = accountOfKey(account);
  if (row.name === name) return { account, kind: "service", before: before.service, after: row.service };
  // Ids were given out anew, as after a reset: the row belongs to an account that had another one.
  const owner = accountOfSecret(row);
  if (owner !== null && seen.has(owner) && seen.get(owner)?.id !== row.id) return deleted;
  return { account, kind: "renamed", before: name, after: row.name };
}

/** What is kept of a reading for the next comparison; accounts of `frozen` stay as they were seen before. */
export function seenAfter(
  input: Compared,
  options: { frozen: ReadonlySet<string>; areProfilesFrozen: boolean },
): Map<string, SeenAccount> {
  const next = new Map<string, SeenAccount>();
  for (const { name, profile } of input.desired) {
    const before = input.seen.get(name);
    if (options.frozen.has(name)) {
      if (before !== undefined) next.set(name, before);
      continue;
    }
    const found = input.observed.accounts.get(name);
    const [first] = found?.counting ?? [];
    if (found === undefined || first === undefined) {
      if (before !== undefined && !input.isComplete) next.set(name, before);
      continue;
    }
    // Written to while it was read: another process could not tell what it then finds from a person's hand.
    if (input.isOwn(name, found)) continue;
    const isProfileKept = options.areProfilesFrozen && before !== undefined && before.profile === profile;
    const now: SeenAccount = {
      id: first.id,
      service: first.service,
      off: found.isOff,
      shut: found.isDisabled,
      profile: isProfileKept ? before.profile : found.profile,
    };
    next.set(name, before !== undefined && isSameAccount(before, now) ? before : now);
  }
  return next;
}

/** The words of the protocol for a change. */
export function toldChange(
  { account, kind, before, after }: FoundChange,
  made: { id: string; foundMs: number },
): HandChange {
  const { name, service } = accountOfKey(account);
  return {
    id: made.id,
    name,
    ...(service === DEFAULT_PPP_SERVICE ? {} : { service }),
    kind,
    before,
    after,
    said: null,
    found_ms: made.foundMs,
  };
}
