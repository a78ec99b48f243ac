import { useT } from "@/web/components/i18n.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import type { ImportBatchRow } from "@/web/store/imports/import_batches.ts";

const TONES: Record<ImportBatchRow["status"], Tone> = {
  reading: "info",
  review: "warn",
  running: "info",
  done: "ok",
  failed: "bad",
  undone: "mute",
};

/** Where an import stands. */
export function ImportPill({ status }: { status: ImportBatchRow["status"] }) {
  const t = useT();
  return <Pill tone={TONES[status]}>{t(`network.import_${status}`)}</Pill>;
}
