import type { Tone } from "@/web/components/tone.ts";
import type { RunDecision, RunRow } from "@/web/store/runs.ts";

/** What a run did with a row, in words. */
export const OUTCOME_WORDS: Record<RunDecision["outcome"], { word: string; tone: Tone }> = {
  listed: { word: "On the list", tone: "info" },
  cut: { word: "Cut", tone: "bad" },
  paid: { word: "Paid", tone: "ok" },
  held: { word: "Held", tone: "hold" },
  excluded: { word: "Excluded", tone: "mute" },
  exempt: { word: "Never cut", tone: "mute" },
  not_due: { word: "Not due", tone: "mute" },
  below_minimum: { word: "Below minimum", tone: "mute" },
  already_cut: { word: "Cut before", tone: "mute" },
  billed: { word: "Billed", tone: "ok" },
  failed: { word: "Failed", tone: "bad" },
};

/** The outcomes in the order in which a person looks for them. */
export const OUTCOMES = Object.keys(OUTCOME_WORDS) as RunDecision["outcome"][];

/** Who started a run, and who approved it where somebody had to. */
export function startedBy(run: RunRow): string {
  return run.approved_at === null
    ? run.requested_by
    : `${run.requested_by}, approved by ${run.approved_by ?? ""}`;
}
