import type { ComponentChildren } from "preact";

/** One column of a `DataTable`. */
export interface Column<Row> {
  head: string;
  cell: (row: Row) => ComponentChildren;
  /** `money` and `number` stand at the right; `actions` holds buttons or a menu and has a silent heading. */
  kind?: "text" | "money" | "number" | "actions" | undefined;
  /** Never wraps. */
  fit?: boolean | undefined;
  /** Left out on middle widths, where room is short. */
  minor?: boolean | undefined;
  /** On a phone: `corner` beside the name (one pill), `full` the whole width, `hide` left out. */
  phone?: "corner" | "full" | "hide" | undefined;
  /** Makes the heading a link that sorts by this column. */
  sort?: { href: string; current?: "ascending" | "descending" | undefined } | undefined;
}

/** A tick box at the start of each row, for forms that act on many rows. */
export interface RowSelect<Row> {
  name: string;
  value: (row: Row) => string;
  /** Read by screen readers: `Select Juan Dela Cruz`. */
  label: (row: Row) => string;
  checked?: ((row: Row) => boolean) | undefined;
  /** Id of the form the boxes belong to. */
  form?: string | undefined;
}
