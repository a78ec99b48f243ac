import { formatDuration, formatInstant } from "@/web/format.ts";
import { useT } from "@/web/components/i18n.ts";
import { CommandPill, LinkPill } from "./Pill.tsx";
import type { CommandState } from "@/web/components/words/state_words.ts";

interface CommandStatusProps {
  /** `unknown` where the agent or the router cannot be asked: grey, never red. */
  state: CommandState | "unknown";
  /** What it rests on: `The agent has it; not read back yet`. */
  detail?: string | undefined;
  /** When the router was last read; null when it never was. */
  readAt?: Temporal.Instant | null | undefined;
  now: Temporal.Instant;
  timeZone: string;
}

/** How far a wish has come on its way to the router, and how old that knowledge is: `Done  read 4 s ago`. */
export function CommandStatus({ state, detail, readAt, now, timeZone }: CommandStatusProps) {
  return (
    <span class="cluster">
      {state === "unknown" ? <LinkPill state="unknown" /> : <CommandPill state={state} />}
      {detail && <span class="note">{detail}</span>}
      {readAt && <ReadAge at={readAt} now={now} timeZone={timeZone} />}
    </span>
  );
}

interface ReadAgeProps {
  at: Temporal.Instant;
  now: Temporal.Instant;
  timeZone: string;
}

/** `read 4 s ago`; with scripts it counts on by itself. */
export function ReadAge({ at, now, timeZone }: ReadAgeProps) {
  const t = useT();
  const [before, after] = t("live.read_ago", { age: "|" }).split("|");
  const age = now.epochMilliseconds - at.epochMilliseconds;
  return (
    <span class="note nowrap">
      {before}
      <time data-age datetime={at.toString()} title={formatInstant(at, timeZone, t)}>
        {formatDuration(age, t)}
      </time>
      {after}
    </span>
  );
}

/** Said above figures that may be old because nobody answers: `Last seen 14:02, showing saved data`. */
export function StaleNote({ lastSeen }: { lastSeen: string }) {
  return <p class="note stale-note">{useT()("live.stale", { lastSeen })}</p>;
}
