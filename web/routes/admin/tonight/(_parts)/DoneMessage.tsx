import { useContext } from "preact/hooks";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { FlashContext } from "@/web/components/frame/flash_context.ts";
import { useT } from "@/web/components/i18n.ts";
import type { MessageKey } from "@/web/messages/mod.ts";
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

const CODES = ["held", "extended", "hold_ended", "excluded", "included", "approved", "nothing_due"] as const;

/** The banner of {@linkcode DoneNotice}; a code that is not known shows nothing. */
export function DoneMessage({ notice }: { notice: DoneNotice | null }) {
  const t = useT();
  const code = CODES.find((known) => known === notice?.done);
  if (notice === null || code === undefined) return null;
  const left = notice.left === 0
    ? ""
    : ` ${t("tonight.done_left", { rows: t("tonight.rows", { n: notice.left }) })}`;
  // One is named before the sentence; several are counted in it.
  const isNamed = useContext(FlashContext)?.about && (code === "held" || code === "excluded");
  const did = t(`tonight.done_${code}${isNamed ? "_one" : ""}` as MessageKey, {
    people: peopleWords(t, notice.changed),
  });
  return (
    <Flash
      done={notice.done}
      messages={{ [notice.done]: did + left }}
      tone={notice.left === 0 ? "ok" : "warn"}
    />
  );
}
