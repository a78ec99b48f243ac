import type { StateWord } from "@/web/components/words/state_words.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { CutEvidence } from "@/web/store/cuts/tonight_page.ts";

/** What became of a cut on the router, in the words of commands; Waiting where the router cannot be asked. */
export interface ReadBack extends StateWord {
  /** What it rests on, one sentence without a full stop. */
  detail: string;
  /** When the router was read, where it says what is wanted. */
  readAt?: Temporal.Instant | null;
}

/** Compares what is desired with what was read back from the router. */
export function readBackOf(t: Translate, evidence: CutEvidence): ReadBack {
  if (evidence.restoredAt !== null) {
    const by = evidence.restoredBy ?? t("tonight.a_payment");
    const isEnabled = evidence.isApplied && evidence.isSeenOff === false;
    return isEnabled
      ? { word: t("tonight.read_restored"), tone: "ok", detail: t("tonight.seen_restored", { by }) }
      : { word: t("tonight.read_restoring"), tone: "info", detail: t("tonight.seen_restoring", { by }) };
  }
  const unknown = { word: t("words.link_unknown"), tone: "mute" } as const;
  if (evidence.isDesiredOff === null) return { ...unknown, detail: t("tonight.seen_unmanaged") };
  const drift = evidence.drift === null ? null : driftOf(t, evidence.drift);
  if (drift !== null) return drift;
  if (evidence.isApplied && evidence.isSeenOff === true) {
    const detail = t("tonight.seen_done");
    return { word: t("words.command_done"), tone: "ok", detail, readAt: evidence.seenAt };
  }
  const { reach } = evidence;
  if (reach !== "online") {
    const isAway = reach === "unknown" || reach === "unreachable";
    const detail = isAway ? t("tonight.seen_away") : t(`tonight.seen_${reach}`);
    return { word: t("tonight.read_waiting"), tone: isAway ? "mute" : "warn", detail };
  }
  if (evidence.drift === "waiting_permit") {
    return { word: t("words.command_sent"), tone: "info", detail: t("tonight.seen_waiting_permit") };
  }
  if (evidence.isStored) {
    return { word: t("words.command_sent"), tone: "info", detail: t("tonight.seen_stored") };
  }
  return { word: t("words.command_queued"), tone: "info", detail: t("tonight.seen_waits") };
}

/** Why the cut is not made; null for a difference that says nothing about it. */
function driftOf(t: Translate, drift: string): ReadBack | null {
  switch (drift) {
    case "missing":
    case "failed":
      return { word: t("words.command_failed"), tone: "bad", detail: t(`tonight.seen_${drift}`) };
    case "enabled_by_hand":
    case "held":
      return { word: t(`tonight.read_${drift}`), tone: "warn", detail: t(`tonight.seen_${drift}`) };
    default:
      return null;
  }
}
