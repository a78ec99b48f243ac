import type { ComponentChildren } from "preact";
import { classes } from "@/web/components/classes.ts";

export interface Fact {
  label: ComponentChildren;
  /** Absent facts show a dash, so that the list keeps its shape. */
  value: ComponentChildren;
  /** The line that matters: a total. */
  strong?: boolean | undefined;
}

interface FactListProps {
  facts: readonly Fact[];
  /** Amounts at the right edge, as on a bill. */
  sum?: boolean | undefined;
  /** Room for names of two words and more. */
  wide?: boolean | undefined;
}

/** Names and values of one thing. */
export function FactList({ facts, sum, wide }: FactListProps) {
  return (
    <dl class={classes("facts", sum && "facts-sum", wide && "facts-wide")}>
      {facts.map((fact) => (
        <div class={fact.strong ? "strong" : undefined}>
          <dt>{fact.label}</dt>
          <dd>{fact.value ?? "—"}</dd>
        </div>
      ))}
    </dl>
  );
}
