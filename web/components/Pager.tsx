import { LinkButton } from "./Button.tsx";

interface PagerProps {
  /** What is shown: `50 of 1,024 subscribers`. */
  summary: string;
  previousHref?: string | undefined;
  nextHref?: string | undefined;
}

/** Keyset pages: links to the rows before and after, no page numbers. */
export function Pager({ summary, previousHref, nextHref }: PagerProps) {
  return (
    <nav class="pager" aria-label={`Pages, ${summary}`}>
      <span>{summary}</span>
      {(previousHref !== undefined || nextHref !== undefined) && (
        <span class="cluster">
          {previousHref !== undefined && (
            <LinkButton small icon="left" href={previousHref}>Previous</LinkButton>
          )}
          {nextHref !== undefined && <LinkButton small href={nextHref}>Next</LinkButton>}
        </span>
      )}
    </nav>
  );
}
