import type { ComponentChildren } from "preact";
import { subjectAttributes, type SubjectKeys } from "@/web/components/list/subject_keys.ts";

interface CardProps {
  title?: string | undefined;
  /** At the right of the title: a link or a pill. */
  aside?: ComponentChildren;
  /** Actions below a line. */
  foot?: ComponentChildren;
  /** Of a card about one thing: what the letters do while the focus is in it. */
  keys?: SubjectKeys | undefined;
  children: ComponentChildren;
}

/** A bordered block with an optional heading. */
export function Card({ title, aside, foot, keys, children }: CardProps) {
  return (
    <section class="card" {...subjectAttributes(keys)}>
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
