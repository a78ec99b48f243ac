import type { ComponentChildren } from "preact";

interface CardProps {
  title?: string | undefined;
  /** At the right of the title: a link or a pill. */
  aside?: ComponentChildren;
  /** Actions below a line. */
  foot?: ComponentChildren;
  children: ComponentChildren;
}

/** A bordered block with an optional heading. */
export function Card({ title, aside, foot, children }: CardProps) {
  return (
    <section class="card">
      {title && (
        <div class="card-head">
          <h2>{title}</h2>
          {aside}
        </div>
      )}
      <div class="card-body">{children}</div>
      {foot && <div class="card-foot">{foot}</div>}
    </section>
  );
}
