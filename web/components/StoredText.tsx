import { parseCoded } from "@/shared/codes/mod.ts";
import { sentence } from "@/web/format.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { useT } from "./i18n.ts";

/**
 * What a column holds, said in the page's language. A sentence of an earlier version, or of a router, stays as it is
 * and is marked as English, so that a screen reader speaks it rightly.
 */
export function StoredText({ text, isSentence = false }: { text: string; isSentence?: boolean }) {
  const t = useT();
  const coded = parseCoded(text);
  const words = coded === null ? text : codedText(t, coded);
  const shown = isSentence ? sentence(words) : words;
  return coded === null ? <span lang="en">{shown}</span> : <>{shown}</>;
}
