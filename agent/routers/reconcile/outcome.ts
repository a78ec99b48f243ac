import { accountOfKey, DEFAULT_PPP_SERVICE, type Drift, type ObservedSecret } from "@/shared/protocol/mod.ts";
import type { DesiredState } from "../../journal/desired_store.ts";
import type { Observation } from "./observe.ts";
import type { Plan } from "./plan.ts";

/** What a pass did and read. */
export interface PassOutcome {
  lineage: string;
  /** The generation it worked from. */
  generation: bigint;
  /** Nothing waits for a permit or failed. */
  isApplied: boolean;
  rows: ObservedSecret[];
  driftCount: number;
  heldCount: number;
  /** Profiles that the router does not have, and how many accounts should have each. */
  missingProfiles: ReadonlyMap<string, number>;
  tookMs: number;
  changedCount: number;
  /** A permit ended, or was overtaken by a payment, before everything was written: look again soon. */
  isCutShort: boolean;
}

export interface OutcomeInput {
  desired: DesiredState;
  observed: Observation;
  /** By the last reading. */
  after: Plan;
  failed: ReadonlySet<string>;
  kicking: ReadonlySet<string>;
  did: Pick<PassOutcome, "tookMs" | "changedCount" | "isCutShort">;
}

/** Differences that mean that the generation is not in force yet; the others are somebody's decision. */
const UNAPPLIED: ReadonlySet<Drift> = new Set(["waiting_permit", "failed", "disabled_by_hand", "profile"]);

/** What is told of a pass. */
export function outcomeOf(input: OutcomeInput): PassOutcome {
  const { desired, after, did } = input;
  const rows = desired.secrets.map(({ name }) => rowOf(name, input));
  const differing = rows.filter((row) => row.drift !== null && row.drift !== "profile_missing");
  const isMissing = rows.some((row) => row.drift === "profile_missing");
  return {
    lineage: desired.lineage,
    generation: desired.generation,
    isApplied: !rows.some((row) => row.drift !== null && UNAPPLIED.has(row.drift)),
    rows,
    // However many accounts want it, a profile that is not there is one difference.
    driftCount: differing.length + (isMissing ? after.missingProfiles.size : 0),
    heldCount: after.held.length,
    missingProfiles: after.missingProfiles,
    ...did,
  };
}

function rowOf(key: string, input: OutcomeInput): ObservedSecret {
  const { observed, kicking } = input;
  const { name, service } = accountOfKey(key);
  const found = observed.accounts.get(key);
  const session = observed.sessions.get(key);
  return {
    name,
    // An older web takes no word of a service: PPPoE, which it knows, goes without.
    ...(service === DEFAULT_PPP_SERVICE ? {} : { service }),
    present: found !== undefined,
    disabled: found === undefined ? null : found.isDisabled,
    profile: found?.profile ?? null,
    online: session !== undefined,
    address: session?.address ?? null,
    caller_id: session?.callerId ?? null,
    uptime_seconds: session?.uptimeSeconds ?? null,
    drift: driftOf(key, input, found?.isDisabled === true && kicking.has(key)),
  };
}

function driftOf(name: string, { after, failed }: OutcomeInput, isBeingKicked: boolean): Drift | null {
  const drift = after.drift.get(name);
  if (drift === undefined) return null;
  // Permitted and about to happen: the next look tells.
  if (drift === "waiting_permit" && isBeingKicked) return null;
  return failed.has(name) ? "failed" : drift;
}
