import type { ComponentChildren } from "preact";

/** Row height: 44, 36 or 28 px. */
export type Density = "comfortable" | "default" | "compact";

/** One column of a `DataTable`. */
export interface Column<Row> {
  /** Name in the column chooser's form; a column without one is always shown. */
  id?: string | undefined;
  head: string;
  cell: (row: Row) => ComponentChildren;
  /** `money` and `number` stand at the right; `actions` holds buttons or a menu and has a silent heading. */
  kind?: "text" | "money" | "number" | "actions" | undefined;
  /** Never wraps. */
  fit?: boolean | undefined;
  /** Left out on middle widths, where room is short. */
  minor?: boolean | undefined;
  /** Shown only when somebody chooses it. */
  optional?: boolean | undefined;
  /**
   * On a phone: `corner` beside the name (one pill), `full` the whole width, `line` the same without its heading,
   * `hide` left out.
   */
  phone?: "corner" | "full" | "line" | "hide" | undefined;
  /** Makes the heading a link that sorts by this column. In a list only the name of the sort is given. */
  sort?: { href: string; current?: "ascending" | "descending" | undefined } | undefined;
  /** The sort of the list that this column stands for. */
  sortBy?: string | undefined;
}

/** A tick box at the start of each row, for forms that act on many rows. */
export interface RowSelect<Row> {
  name: string;
  value: (row: Row) => string | null;
  /** Read by screen readers: `Select Juan Dela Cruz`. */
  label: (row: Row) => string;
  checked?: ((row: Row) => boolean) | undefined;
  /** Id of the form the boxes belong to. */
  form?: string | undefined;
}

/** The columns that a person has chosen, with links that sort by them. */
export function arrange<Row>(
  columns: readonly Column<Row>[],
  chosen: readonly string[] | null,
  sort: { current: string | undefined; hrefOf: (sort: string) => string },
): Column<Row>[] {
  return columns.filter((column) =>
    column.id === undefined || (chosen === null ? column.optional !== true : chosen.includes(column.id))
  ).map((column) => column.sortBy === undefined ? column : { ...column, sort: sortOf(column.sortBy, sort) });
}

/** A heading sorts upwards first, then downwards. Money is looked at from the largest. */
function sortOf(by: string, { current, hrefOf }: Parameters<typeof arrange>[2]) {
  const name = by.replace(/^-/, "");
  const first = by;
  const second = by.startsWith("-") ? name : `-${name}`;
  const isCurrent = current?.replace(/^-/, "") === name;
  const next = isCurrent && current === first ? second : first;
  if (!isCurrent) return { href: hrefOf(next) };
  const direction = current?.startsWith("-") ? "descending" as const : "ascending" as const;
  return { href: hrefOf(next), current: direction };
}
