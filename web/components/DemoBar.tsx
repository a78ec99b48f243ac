import { formatPlural } from "@/web/format.ts";
import { ActionForm, LinkButton } from "./Button.tsx";

/** What the days brought that the clock has just passed. */
export interface ClockMove {
  billsIssued: number;
  cut: number;
  /** A run waits for approval. */
  isWaiting: boolean;
}

interface DemoBarProps {
  csrfToken: string;
  /** Page to come back to. */
  back: string;
  /** Shown after a move. */
  moved?: ClockMove | null | undefined;
}

/** Moves business time and leads to the demo's cables and plugs. */
export function DemoBar({ csrfToken, back, moved }: DemoBarProps) {
  const move = (to: string) => ({
    action: "/admin/demo/clock",
    csrfToken,
    values: { to, back },
    small: true,
  });
  return (
    <>
      <span class="demo-bar-title">Demo clock</span>
      <ActionForm {...move("day")}>Next day</ActionForm>
      <ActionForm {...move("bill_run")}>Next bill run</ActionForm>
      <ActionForm {...move("cut_run")}>Next cut run</ActionForm>
      <LinkButton href="/admin/demo" small kind="quiet">Unplug things</LinkButton>
      {moved && <span role="status">{movedWords(moved)}</span>}
    </>
  );
}

function movedWords({ billsIssued, cut, isWaiting }: ClockMove): string {
  const words = `On the days passed: ${formatPlural(billsIssued, "bill")} issued, ${cut} cut.`;
  return isWaiting ? `${words} A run waits for approval in Tonight.` : words;
}
