import type { ComponentChildren } from "preact";
import { classes } from "@/web/components/classes.ts";

interface KpiProps {
  label: string;
  /** The figure, already formatted. */
  value: ComponentChildren;
  /** One short line that says what the figure means. */
  note?: ComponentChildren;
  noteTone?: "ok" | "warn" | "bad" | undefined;
  /** The list that the figure counts, with the same filter: a number that cannot be opened is not trusted. */
  href: string;
}

/** One figure; the whole card is a link to its list. */
export function Kpi({ label, value, note, noteTone, href }: KpiProps) {
  return (
    <a class="card kpi" href={href}>
      <span class="kpi-label">{label}</span>
      <span class="kpi-value">{value}</span>
      {note && <span class={classes("kpi-note", noteTone && `text-${noteTone}`)}>{note}</span>}
    </a>
  );
}

/** Figures side by side; two in a row on a phone. */
export function KpiRow({ children }: { children: ComponentChildren }) {
  return <div class="kpis">{children}</div>;
}
