import type { ComponentChildren } from "preact";
import { isCodePageText } from "@/shared/text/mod.ts";
import { useT } from "@/web/components/i18n.ts";

interface CopyBlockProps {
  /** What the text is for: `Run this on the site's computer`. */
  label: string;
  text: string;
  hint?: ComponentChildren;
}

/** A command or a code to copy: one click selects all of it. */
export function CopyBlock({ label, text, hint }: CopyBlockProps) {
  return (
    <div class="copy" data-copy>
      <div class="label">{label}</div>
      <pre><code>{text}</code></pre>
      {hint && <div class="hint">{hint}</div>}
    </div>
  );
}

/**
 * PPPoE users, addresses and references, in letters of one width. A name in a code page says so: another one may read
 * the same.
 */
export function CodeText({ children }: { children: ComponentChildren }) {
  const t = useT();
  // A list cuts what is long: the whole of it is at hand.
  const title = typeof children === "string" && children.length > 24 ? children : undefined;
  const text = <span class="mono" title={title}>{children}</span>;
  if (typeof children !== "string" || !isCodePageText(children)) return text;
  return (
    <>
      {text}
      <span class="note" title={t("words.code_page_hint")}>{` ${t("words.code_page")}`}</span>
    </>
  );
}
