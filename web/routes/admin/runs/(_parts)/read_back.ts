import { COMMAND_WORDS, type StateWord } from "@/web/components/state_words.ts";
import type { CutEvidence } from "@/web/store/tonight_page.ts";

/** What became of a cut on the router, in the words of commands; Unknown where the router cannot be asked. */
export interface ReadBack extends StateWord {
  /** What it rests on, one sentence without a full stop. */
  detail: string;
  /** When the router was read, where it says what is wanted. */
  readAt?: Temporal.Instant | null;
}

const UNKNOWN: StateWord = { word: "Unknown", tone: "mute" };

/** Compares what is desired with what was read back from the router. */
export function readBackOf(evidence: CutEvidence): ReadBack {
  if (evidence.restoredAt !== null) {
    return { word: "Back on", tone: "ok", detail: `Restored since by ${evidence.restoredBy ?? "a payment"}` };
  }
  if (evidence.isDesiredOff === null) {
    return { ...UNKNOWN, detail: "This PPP secret is not managed any more" };
  }
  if (evidence.drift !== null && Object.hasOwn(DRIFT, evidence.drift)) return driftOf(evidence.drift);
  if (evidence.isApplied && evidence.isSeenOff === true) {
    return { ...COMMAND_WORDS.done, detail: "Read back as disabled", readAt: evidence.seenAt };
  }
  if (!evidence.isReachable) {
    return { ...UNKNOWN, detail: "The router is away: done when it is back, if still owed" };
  }
  if (evidence.isStored) {
    return { ...COMMAND_WORDS.sent, detail: "The agent has it; not read back yet" };
  }
  return { ...COMMAND_WORDS.queued, detail: "Waits for the agent" };
}

const DRIFT: Record<string, ReadBack> = {
  missing: { ...COMMAND_WORDS.failed, detail: "The PPP secret is not on the router" },
  failed: { ...COMMAND_WORDS.failed, detail: "The router refused the change; the agent tries again" },
  enabled_by_hand: {
    word: "Enabled by hand",
    tone: "warn",
    detail: "Somebody enabled it on the router; it is left alone",
  },
  held: {
    word: "Held back",
    tone: "warn",
    detail: "The agent's guard holds it: more disables than were allowed",
  },
  waiting_permit: { ...COMMAND_WORDS.sent, detail: "The agent asks whether the cut is still current" },
};

function driftOf(drift: string): ReadBack {
  return DRIFT[drift] ?? { ...UNKNOWN, detail: "The router differs" };
}
