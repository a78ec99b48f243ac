import {
  type Authorisation,
  type Drift,
  GUARD_MINIMUM,
  GUARD_SHARE_PERCENT,
  readsAsId,
} from "@/shared/protocol/mod.ts";
import type { CutMark, GuardEntry } from "../../journal/marks_store.ts";
import type { DesiredState, ManagedSecret } from "../../journal/desired_store.ts";
import { cutByLooks } from "./cut_by_looks.ts";
import type { Observation, ObservedAccount } from "./observe.ts";

export interface PlanInput {
  desired: DesiredState;
  observed: Observation;
  /** Own marks by account, see MarksStore. */
  cuts: Readonly<Record<string, CutMark>>;
  guarded: readonly GuardEntry[];
  /** Marked accounts that were cut by how their names read, see Marks. */
  byLooks: readonly string[];
  /** Accounts that a person at the box lets through (break-glass). */
  allowed: ReadonlySet<string>;
  /** Profiles that the router has, by name; null while they are not known. */
  profiles: ReadonlySet<string> | null;
  nowMs: number;
}

/**
 * What a pass may do, and what it must leave. Only managed accounts appear, each named by its key, and to be enabled also
 * what an agent from before cut with them.
 */
export interface Plan {
  /** Applied at once, from disk if need be (R3). */
  enables: string[];
  /** Accounts to move to another profile. */
  profiles: { name: string; profile: string }[];
  /** Profiles that the books want and the router does not have, and how many accounts want each. */
  missingProfiles: Map<string, number>;
  /** Need the web's permit. */
  disables: { name: string; authorisation: Authorisation }[];
  /** Sessions of names that are and read disabled; need the web's permit. */
  kicks: string[];
  /** Disables that no list covers, or that the guard stopped. */
  held: string[];
  /** How the router differs by this reading; names without difference are absent. */
  drift: Map<string, Drift>;
  /** Marks to set: read as disabled, as the books say, so that a later hand edit is recognised; or about to be undone. */
  seenCut: Map<string, CutMark>;
  /** Marks without meaning any more. */
  staleCuts: string[];
}

const GUARD_WINDOW_MS = 24 * 60 * 60_000;

/** Compares what the books want with what the router holds. Pure: rules R3 and R4 live here. */
export function planPass(input: PlanInput): Plan {
  const plan: Plan = {
    enables: [],
    profiles: [],
    missingProfiles: new Map(),
    disables: [],
    kicks: [],
    held: [],
    drift: new Map(),
    seenCut: new Map(),
    staleCuts: [],
  };
  const authorisations = new Map(input.desired.authorisations.map((item) => [item.id, item]));
  const guard = new Guard(input);
  const managed = new Set<string>();
  for (const secret of input.desired.secrets) {
    managed.add(secret.name);
    planSecret(secret, input, authorisations, guard, plan);
  }
  const alike = cutByLooks(input);
  plan.enables.push(...alike.enables);
  plan.staleCuts.push(...alike.staleCuts);
  for (const name of Object.keys(input.cuts)) if (!managed.has(name)) plan.staleCuts.push(name);
  return plan;
}

/** Most disables that a person's own acts may bring in 24 hours on a router with so many enabled secrets (R4). */
export function guardLimit(enabledCount: number): number {
  return Math.max(GUARD_MINIMUM, Math.floor(enabledCount * GUARD_SHARE_PERCENT / 100));
}

function planSecret(
  secret: ManagedSecret,
  input: PlanInput,
  authorisations: ReadonlyMap<string, Authorisation>,
  guard: Guard,
  plan: Plan,
): void {
  const { name } = secret;
  const found = input.observed.accounts.get(name);
  if (found === undefined) {
    plan.drift.set(name, "missing");
    return;
  }
  if (!secret.disabled || input.allowed.has(name)) {
    const isMarked = Object.hasOwn(input.cuts, name);
    planEnabled(secret, found, isMarked, plan);
    if (isMarked) forgetCut(name, found, input.cuts, plan);
  } else {
    planDisabled(secret, found, input, authorisations, guard, plan);
  }
  if (secret.profile !== null && found.profile !== secret.profile) {
    planProfile(name, secret.profile, input.profiles, plan);
  }
}

/** A profile that was renamed or removed is one difference, and nothing to write: the router would refuse each account. */
function planProfile(name: string, profile: string, known: PlanInput["profiles"], plan: Plan): void {
  const isMissing = known !== null && (!known.has(profile) || readsAsId(profile));
  if (isMissing) plan.missingProfiles.set(profile, (plan.missingProfiles.get(profile) ?? 0) + 1);
  else plan.profiles.push({ name, profile });
  if (!plan.drift.has(name)) plan.drift.set(name, isMissing ? "profile_missing" : "profile");
}

/** The mark of a cut that is to be undone says until then that what is found disabled may be ours, and no more. */
function forgetCut(name: string, found: ObservedAccount, cuts: PlanInput["cuts"], plan: Plan): void {
  const mark = cuts[name];
  if (mark === undefined || !found.hasDisabled) plan.staleCuts.push(name);
  else if (mark.confirmed) plan.seenCut.set(name, { ...mark, confirmed: false });
}

function planEnabled(secret: ManagedSecret, found: ObservedAccount, isMarked: boolean, plan: Plan): void {
  // A second secret beside the one that counts is enabled where the cut may have been ours, and else left as it is.
  if (found.isOff || (isMarked && found.hasDisabled)) {
    plan.enables.push(secret.name);
    plan.drift.set(secret.name, "disabled_by_hand");
  } else if (secret.disabled) {
    plan.drift.set(secret.name, "enabled_by_hand");
  }
}

function planDisabled(
  secret: ManagedSecret,
  found: ObservedAccount,
  input: PlanInput,
  authorisations: ReadonlyMap<string, Authorisation>,
  guard: Guard,
  plan: Plan,
): void {
  const { name } = secret;
  const authorisation = secret.authorisation === null ? undefined : authorisations.get(secret.authorisation);
  if (found.isDisabled) {
    if (authorisation === undefined) return;
    if (input.observed.sessions.has(name)) {
      plan.kicks.push(name);
      plan.drift.set(name, "waiting_permit");
    }
    const mark = input.cuts[name];
    if (mark?.confirmed === true && mark.authorisation === authorisation.id && mark.left !== true) return;
    const { generation, at_ms } = mark ?? { generation: input.desired.generation, at_ms: input.nowMs };
    plan.seenCut.set(name, { authorisation: authorisation.id, generation, at_ms, confirmed: true });
    return;
  }
  if (authorisation === undefined) return hold(name, plan);
  const mark = input.cuts[name];
  if (mark?.confirmed === true && mark.authorisation === authorisation.id) {
    plan.drift.set(name, "enabled_by_hand");
    return;
  }
  if (!guard.lets(name, authorisation)) return hold(name, plan);
  plan.disables.push({ name, authorisation });
  plan.drift.set(name, "waiting_permit");
}

function hold(name: string, plan: Plan): void {
  plan.held.push(name);
  plan.drift.set(name, "held");
}

/** Counts the disables that no run approved over 24 hours, and lets no more through than the limit. */
class Guard {
  readonly #counted: Set<string>;
  readonly #limit: number;

  constructor(input: PlanInput) {
    const recent = input.guarded.filter((entry) => entry.at_ms > input.nowMs - GUARD_WINDOW_MS);
    this.#counted = new Set(recent.map((entry) => keyOf(entry.name, entry.authorisation)));
    // The names already cut belong to the measure, or the share would shrink with every cut.
    this.#limit = guardLimit(input.observed.enabledCount + this.#counted.size);
  }

  lets(name: string, authorisation: Authorisation): boolean {
    if (authorisation.kind === "run") return true;
    const key = keyOf(name, authorisation.id);
    if (this.#counted.has(key)) return true;
    if (this.#counted.size >= this.#limit) return false;
    this.#counted.add(key);
    return true;
  }
}

function keyOf(name: string, authorisation: string): string {
  return `${authorisation} ${name}`;
}
