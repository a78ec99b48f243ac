import { useT } from "@/web/components/i18n.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import type { DisputeState } from "@/web/domain/billing/mod.ts";

const TONES: Readonly<Record<DisputeState, Tone>> = {
  open: "hold",
  late: "warn",
  upheld: "ok",
  rejected: "mute",
  withdrawn: "mute",
  void: "mute",
};

/** Where a dispute stands. */
export function DisputePill({ state }: { state: DisputeState }) {
  return <Pill tone={TONES[state]}>{useT()(`bills.dispute_state_${state}`)}</Pill>;
}
