import type { ComponentChildren } from "preact";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";

interface PagerProps {
  /** What is shown: `50 of 1,024 subscribers`. */
  summary: string;
  previousHref?: string | undefined;
  nextHref?: string | undefined;
  /** Beside the summary: how many rows a page has. */
  children?: ComponentChildren;
}

/** Keyset pages: links to the rows before and after, no page numbers. */
export function Pager({ summary, previousHref, nextHref, children }: PagerProps) {
  const t = useT();
  return (
    <nav class="pager" aria-label={t("tables.pages", { summary })}>
      <span>{summary}</span>
      {children}
      {(previousHref !== undefined || nextHref !== undefined) && (
        <span class="cluster">
          {previousHref !== undefined && (
            <LinkButton small icon="left" href={previousHref}>{t("tables.previous")}</LinkButton>
          )}
          {nextHref !== undefined && <LinkButton small href={nextHref}>{t("tables.next")}</LinkButton>}
        </span>
      )}
    </nav>
  );
}
