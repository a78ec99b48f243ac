import type { ComponentChildren } from "preact";
import { parseCoded } from "@/shared/codes/mod.ts";
import { sentence } from "@/web/format.ts";
import { asideOf, codedParts } from "@/web/messages/coded_text.ts";
import { Disclosure } from "./Disclosure.tsx";
import { useT } from "@/web/components/i18n.ts";

/**
 * What a column holds, said in the page's language. A sentence of an earlier version, or of a router, stays as it is
 * and is marked as English, so that a screen reader speaks it rightly.
 */
export function StoredText({ text, isSentence = false }: { text: string; isSentence?: boolean }) {
  const t = useT();
  const coded = parseCoded(text);
  if (coded === null) return <span lang="en">{isSentence ? sentence(text) : text}</span>;
  const parts = codedParts(t, coded);
  if (parts.every((part) => !part.isQuoted)) {
    const words = parts.map((part) => part.text).join("");
    return <>{isSentence ? sentence(words) : words}</>;
  }
  return (
    <>
      {parts.map((part, at) => part.isQuoted ? <span key={at} lang="en">{part.text}</span> : part.text)}
    </>
  );
}

/** What belongs to a stored text and into no sentence: addresses, a program's own words; for whoever mends it. */
export function StoredDetails({ text }: { text: string | null }) {
  const t = useT();
  const coded = parseCoded(text);
  const aside = coded === null ? text : asideOf(coded);
  if (aside === null) return null;
  return (
    <Disclosure label={t("agents.details")}>
      <p class="note wrap" lang="en">{aside}</p>
    </Disclosure>
  );
}

interface StoredReasonProps {
  text: string | null;
  /** Said where the text is none of our sentences: what a router or an agent said stands behind *Details* only. */
  otherwise: string;
  /** What follows in the same paragraph. */
  children?: ComponentChildren;
}

/** Why something failed, in the page's language, and whatever belongs into no sentence behind *Details*. */
export function StoredReason({ text, otherwise, children }: StoredReasonProps) {
  return (
    <>
      <p>
        {text === null || parseCoded(text) === null ? otherwise : <StoredText text={text} isSentence />}
        {children && " "}
        {children}
      </p>
      <StoredDetails text={text} />
    </>
  );
}
