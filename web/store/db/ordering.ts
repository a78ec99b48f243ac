import { type RawBuilder, sql } from "kysely";
import { type CursorPart, type Page, type PageRequest, positionOf, toPage } from "./keyset.ts";

/** One expression that a list is sorted by, and how a row's value goes into a cursor. */
export interface SortKey<Row> {
  /** Never null: `coalesce` in the statement and here alike. */
  by: RawBuilder<unknown>;
  kind: CursorPart;
  of(row: Row): string;
}

/** The sort of a list: keys in one direction, together unique. */
export interface Ordering<Row> {
  keys: readonly SortKey<Row>[];
  isDescending: boolean;
}

/** The parts of a statement that read one page of a sorted list. */
export interface PageWindow<Row> {
  /** Condition: the rows after the position of the address. */
  where: RawBuilder<unknown>;
  orderBy: RawBuilder<unknown>;
  /**
   * One row more than the page, to know whether there is another. It stands in the statement as a number: with a
   * parameter the server's kept plan would be one for a tenth of all rows, and it would plan anew for each page.
   */
  limit: RawBuilder<unknown>;
  toPage(found: readonly Row[]): Page<Row>;
}

const CASTS: Record<CursorPart, string> = {
  text: "text",
  uuid: "uuid",
  date: "date",
  instant: "timestamptz",
  integer: "bigint",
};

/** Keyset paging of a sorted list; each page costs the same, however far it is from the first. */
export function windowOf<Row>(ordering: Ordering<Row>, request: PageRequest): PageWindow<Row> {
  const { keys } = ordering;
  const position = positionOf(request, keys.map((key) => key.kind));
  const isDown = ordering.isDescending !== position.isBackward;
  const direction = sql.raw(isDown ? "desc" : "asc");
  return {
    where: position.parts === null ? sql`true` : beyond(keys, position.parts, isDown ? "<" : ">"),
    orderBy: sql.join(keys.map((key) => sql`${key.by} ${direction}`), sql`, `),
    limit: sql.lit(request.limit + 1),
    toPage: (found) => toPage(found, request, position, (row) => keys.map((key) => key.of(row))),
  };
}

/** The condition on all keys, and before it the one on all but the last: that one an index can answer. */
function beyond<Row>(
  keys: readonly SortKey<Row>[],
  parts: readonly string[],
  sign: "<" | ">",
): RawBuilder<unknown> {
  const left = keys.map((key) => key.by);
  const right = keys.map((key, i) => sql`${parts[i]}::${sql.raw(CASTS[key.kind])}`);
  const compare = (count: number, operator: string) =>
    sql`(${sql.join(left.slice(0, count))}) ${sql.raw(operator)} (${sql.join(right.slice(0, count))})`;
  const all = compare(keys.length, sign);
  return keys.length === 1 ? all : sql`${compare(keys.length - 1, `${sign}=`)} and ${all}`;
}

/** The sort that an address names: `name` goes up, `-name` down; anything else is the list's own. */
export function orderingOf<Row>(
  sorts: Readonly<Record<string, readonly SortKey<Row>[]>>,
  wanted: string | undefined,
  fallback: string,
): Ordering<Row> {
  const chosen = wanted !== undefined && Object.hasOwn(sorts, wanted.replace(/^-/, "")) ? wanted : fallback;
  const keys = sorts[chosen.replace(/^-/, "")];
  if (keys === undefined) throw new Error(`Cannot sort by ${fallback}: the list has no such sort`);
  return { keys, isDescending: chosen.startsWith("-") };
}
