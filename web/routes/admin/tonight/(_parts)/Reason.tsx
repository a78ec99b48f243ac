import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { useT } from "@/web/components/i18n.ts";
import { sentence } from "@/web/format.ts";

/** Why the brake stopped a run, as a sentence. */
export function Reason({ text }: { text: string | null }) {
  const t = useT();
  return text === null ? <>{sentence(t("tonight.unusual"))}</> : <StoredText text={text} isSentence />;
}
