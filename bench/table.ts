import type { BenchRow } from "./row.ts";

const HEADS = ["row", "ours", "floor", "peer", "ratio", "goal", "met"] as const;

/** The rows as a table of text; notes stand below it, by row. */
export function formatTable(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => [
    row.row,
    withUnit(row.ours, row.unit),
    withUnit(row.floor, row.unit),
    withUnit(row.peer, row.unit),
    row.ratio === null ? "–" : row.ratio.toFixed(2),
    row.goal,
    row.met ? "yes" : "NO",
  ]);
  const widths = HEADS.map((head, i) => Math.max(head.length, ...cells.map((line) => line[i]?.length ?? 0)));
  const line = (values: readonly string[]) =>
    values.map((value, i) =>
      i === 0 || i >= 5 ? value.padEnd(widths[i] ?? 0) : value.padStart(widths[i] ?? 0)
    )
      .join("  ").trimEnd();
  const notes = rows.filter(({ note }) => note !== "").map(({ row, note }) => `${row}: ${note}`);
  return [line(HEADS), widths.map((width) => "-".repeat(width)).join("  "), ...cells.map(line), "", ...notes]
    .join("\n");
}

function withUnit(value: number | null, unit: BenchRow["unit"]): string {
  if (value === null) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}
