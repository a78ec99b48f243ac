import type { ComponentChildren } from "preact";
import { classes } from "@/web/components/classes.ts";

/** Blocks under each other, 16 px apart (8 when tight). */
export function Stack({ tight, children }: { tight?: boolean | undefined; children: ComponentChildren }) {
  return <div class={classes("stack", tight && "stack-tight")}>{children}</div>;
}

/** Things in a row that wraps, 8 px apart. */
export function Cluster({ children }: { children: ComponentChildren }) {
  return <div class="cluster">{children}</div>;
}

interface ColumnsProps {
  main: ComponentChildren;
  side: ComponentChildren;
  /** Two equal columns instead of a main one and 360 px. */
  even?: boolean | undefined;
}

/** Main column and a side column; under each other below 1120 px. */
export function Columns({ main, side, even }: ColumnsProps) {
  return (
    <div class={classes("columns", even && "columns-even")}>
      <div class="stack">{main}</div>
      <div class="stack">{side}</div>
    </div>
  );
}
