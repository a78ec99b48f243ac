import { useT } from "@/web/components/i18n.ts";
import { sentence } from "@/web/format.ts";

/** Why the brake stopped a run, as a sentence: the rules' own words, in English everywhere. */
export function Reason({ text }: { text: string | null }) {
  const t = useT();
  return text === null ? <>{sentence(t("tonight.unusual"))}</> : <span lang="en">{sentence(text)}</span>;
}
