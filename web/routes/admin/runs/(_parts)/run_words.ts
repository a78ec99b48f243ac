import { actorText } from "@/web/app/words/actor_words.ts";
import type { Tone } from "@/web/components/facts/tone.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { RunDecision, RunRow } from "@/web/store/billing/runs.ts";

/** Colour of what a run did with a row; its word is `words.outcome_<outcome>`. */
export const OUTCOME_TONES: Record<RunDecision["outcome"], Tone> = {
  listed: "info",
  cut: "bad",
  paid: "ok",
  held: "hold",
  disputed: "hold",
  excluded: "mute",
  exempt: "mute",
  not_due: "mute",
  below_minimum: "mute",
  no_notice: "warn",
  already_cut: "mute",
  billed: "ok",
  failed: "bad",
};

/** The outcomes in the order in which a person looks for them. */
export const OUTCOMES = Object.keys(OUTCOME_TONES) as RunDecision["outcome"][];

/** Who started a run, and who approved it where somebody had to. */
export function startedBy(t: Translate, run: RunRow): string {
  return run.approved_at === null ? actorText(t, run.requested_by) : t("tonight.started_approved", {
    name: actorText(t, run.requested_by),
    approver: run.approved_by ?? "",
  });
}
