import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import { REQUEST_STATES, type RequestState } from "@/web/domain/approvals/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { kindName } from "@/web/services/approvals/close_request.ts";
import type { RequestListRow } from "@/web/store/approvals/requests_page.ts";

const TONES: Record<RequestState, Tone> = {
  asked: "warn",
  approved: "ok",
  declined: "bad",
  expired: "mute",
  withdrawn: "mute",
  failed: "bad",
};

/** Every state, in the order of the chips. */
export const STATES = REQUEST_STATES;

/** What a request is, and what has become of it. */
export function stateText(
  { state, runs_at: runsAt }: Pick<RequestListRow, "state" | "runs_at">,
  t: Translate,
) {
  return t(state === "asked" && runsAt !== null ? "approvals.state_cooling" : `approvals.state_${state}`);
}

/** The same as a pill. */
export function StatePill({ row, t }: { row: Pick<RequestListRow, "state" | "runs_at">; t: Translate }) {
  return <Pill tone={TONES[row.state]}>{stateText(row, t)}</Pill>;
}

/** What it is: `End of a service`. */
export function kindText(kind: string, t: Translate): string {
  return codedText(t, kindName(kind));
}
