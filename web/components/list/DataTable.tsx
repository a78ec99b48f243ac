import type { ComponentChildren } from "preact";
import { classes } from "@/web/components/classes.ts";
import { useT } from "@/web/components/i18n.ts";
import type { SubjectKeys } from "./subject_keys.ts";
import type { Column, Density, RowSelect } from "./table_columns.ts";

interface DataTableProps<Row> {
  /** What the table lists; read by screen readers, not shown. */
  caption: string;
  /** The first column names the row and carries its link. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Page of the row, where it has one: the first cell becomes its link, on a phone the whole card. */
  rowHref?: ((row: Row) => string | undefined) | undefined;
  /** Small text after the row's link in the first cell, for example the account number. */
  rowNote?: ((row: Row) => ComponentChildren) | undefined;
  /** What a row is known by when news come: needed where two rows may lead to the same page. @default its page */
  rowId?: ((row: Row) => string | null) | undefined;
  /** What the letters do for a focused row. */
  rowKeys?: ((row: Row) => SubjectKeys) | undefined;
  select?: RowSelect<Row> | undefined;
  /** Shown in place of the table when there are no rows: an `EmptyState`. */
  empty: ComponentChildren;
  /** A `FilterBar`; it stays in place when nothing matches. */
  toolbar?: ComponentChildren;
  /** A `Pager`, totals or bulk actions. */
  foot?: ComponentChildren;
  /** Row height: 44, 36 (default) or 28 px. */
  density?: Density | undefined;
}

/** The one table of the admin: a table on wide screens, cards on a phone. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, empty, toolbar, foot, density } = props;
  const t = useT();
  return (
    <section class={classes("card table-card", !!toolbar && "has-toolbar", !!foot && "has-foot")}>
      {toolbar}
      {rows.length === 0 ? empty : (
        <div class="table-scroll">
          <table
            class={classes("table", density && density !== "default" && `table-${density}`)}
            role="table"
          >
            <caption class="sr-only">{props.caption}</caption>
            <thead role="rowgroup">
              <tr role="row">
                {props.select && (
                  <th class="check" scope="col" role="columnheader" data-own>
                    <span class="sr-only">{t("tables.select")}</span>
                  </th>
                )}
                {props.columns.map((column) => <HeadCell key={column.head} column={column} />)}
              </tr>
            </thead>
            <tbody role="rowgroup">
              {rows.map((row, index) => <BodyRow key={index} {...props} row={row} />)}
            </tbody>
          </table>
        </div>
      )}
      {foot}
    </section>
  );
}

function HeadCell<Row>({ column }: { column: Column<Row> }) {
  const { head, kind, sort } = column;
  return (
    <th class={headClass(column)} scope="col" role="columnheader" aria-sort={sort?.current}>
      {kind === "actions"
        ? <span class="sr-only">{head}</span>
        : sort === undefined
        ? head
        : <a href={sort.href}>{`${head}${sortMark(sort.current)}`}</a>}
    </th>
  );
}

function BodyRow<Row>(props: DataTableProps<Row> & { row: Row }) {
  const { row, columns, select } = props;
  const hasCorner = columns.some((column) => column.phone === "corner");
  const value = select?.value(row) ?? null;
  const keys = props.rowKeys?.(row);
  return (
    <tr
      class={classes(hasCorner && "with-corner", select && "has-check")}
      role="row"
      data-key={props.rowId?.(row) ?? value ?? undefined}
      data-on-p={keys?.p || undefined}
      data-on-h={keys?.h || undefined}
      data-on-e={keys?.e || undefined}
    >
      {select && (
        <td class="check" role="cell">
          {value !== null && (
            <input
              type="checkbox"
              name={select.name}
              value={value}
              aria-label={select.label(row)}
              checked={select.checked?.(row) ?? false}
              form={select.form}
            />
          )}
        </td>
      )}
      {columns.map((column, index) =>
        index === 0
          ? <LeadCell key={column.head} {...props} column={column} />
          : (
            <td key={column.head} class={cellClass(column)} data-label={column.head} role="cell">
              {column.cell(row)}
            </td>
          )
      )}
    </tr>
  );
}

function LeadCell<Row>(props: DataTableProps<Row> & { row: Row; column: Column<Row> }) {
  const { row, column, rowHref, rowNote } = props;
  const content = column.cell(row);
  const href = rowHref?.(row);
  return (
    <td class={classes("lead", cellClass(column))} data-label={column.head} role="cell">
      {href === undefined ? content : <a class="row-link" href={href} title={longText(content)}>{content}</a>}
      {rowNote && <span class="sub">{rowNote(row)}</span>}
    </td>
  );
}

/** A long name is cut in its column: the whole of it is at hand. */
function longText(content: ComponentChildren): string | undefined {
  return typeof content === "string" && content.length > 24 ? content : undefined;
}

function headClass<Row>({ kind, minor }: Column<Row>): string {
  return classes((kind === "money" || kind === "number" || kind === "actions") && "end", minor && "minor");
}

function cellClass<Row>(column: Column<Row>): string {
  const { kind, fit, phone } = column;
  const placed = phone === "hide" ? "phone-hide" : phone;
  return classes(
    headClass(column),
    kind === "actions" && "actions",
    (fit || kind === "money") && "fit",
    placed,
  );
}

function sortMark(current: "ascending" | "descending" | undefined): string {
  return current === undefined ? "" : current === "ascending" ? " ↑" : " ↓";
}
