import { Pill } from "@/web/components/Pill.tsx";
import type { Tone } from "@/web/components/tone.ts";
import type { ImportBatchRow } from "@/web/store/imports.ts";

const STATUS: Record<ImportBatchRow["status"], { word: string; tone: Tone }> = {
  reading: { word: "Reading", tone: "info" },
  review: { word: "To review", tone: "warn" },
  running: { word: "Importing", tone: "info" },
  done: { word: "Done", tone: "ok" },
  failed: { word: "Failed", tone: "bad" },
  undone: { word: "Undone", tone: "mute" },
};

/** Where an import stands. */
export function ImportPill({ status }: { status: ImportBatchRow["status"] }) {
  return <Pill tone={STATUS[status].tone}>{STATUS[status].word}</Pill>;
}
