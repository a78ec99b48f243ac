import type { ComponentChildren } from "preact";

interface TitledTableProps {
  title: string;
  /** At the right of the title: a link. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** A table with its heading above it, for pages that hold several. */
export function TitledTable({ title, aside, children }: TitledTableProps) {
  return (
    <section class="stack stack-tight">
      <div class="cluster spread">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
