import { Flash } from "@/web/components/Flash.tsx";
import { formatPlural } from "@/web/format.ts";
import { peopleWords } from "./words.ts";

/** What the last action did, from the address after its redirect. */
export interface DoneNotice {
  done: string;
  changed: number;
  /** Rows that were so already. */
  same: number;
  /** Rows that somebody else had changed first. */
  left: number;
}

const MESSAGES: Record<string, (notice: DoneNotice) => string> = {
  held: ({ changed }) => `${peopleWords(changed)} held: no run cuts them up to and including that day.`,
  extended: () => "The hold is longer now.",
  hold_ended: () => "The hold is over: the rules decide again.",
  excluded: ({ changed }) =>
    `${peopleWords(changed)} excluded from this run. The run after it looks at them again.`,
  included: () => "Included again.",
  approved: () => "Approved. The run goes on at its hour, or within a minute when that has passed.",
  nothing_due: () => "Nobody may be cut right now.",
};

/** The banner of {@linkcode DoneNotice}; a code that is not known shows nothing. */
export function DoneMessage({ notice }: { notice: DoneNotice | null }) {
  if (notice === null || !Object.hasOwn(MESSAGES, notice.done)) return null;
  const left = notice.left === 0
    ? ""
    : ` ${
      formatPlural(notice.left, "row")
    } stayed as they were: somebody else acted on them first, or they are cut already.`;
  return (
    <Flash
      done={notice.done}
      messages={{ [notice.done]: `${MESSAGES[notice.done]?.(notice)}${left}` }}
      tone={notice.left === 0 ? "ok" : "warn"}
    />
  );
}
