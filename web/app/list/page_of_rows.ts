import type { Page, PageRequest } from "@/web/store/db/keyset.ts";

/** A page of rows that are all read already. A row of the address that has left the list shows the first page. */
export function pageOfRows<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  { after, before, limit }: PageRequest,
): Page<Row> {
  const indexOf = (key: string | undefined) =>
    key === undefined ? -1 : rows.findIndex((row) => keyOf(row) === key);
  const end = indexOf(before);
  const start = end >= 0 ? Math.max(0, end - limit) : indexOf(after) + 1;
  const shown = rows.slice(start, end >= 0 ? end : start + limit);
  const [first, last] = [shown[0], shown.at(-1)];
  return {
    rows: shown,
    next: last !== undefined && start + shown.length < rows.length ? keyOf(last) : null,
    previous: first !== undefined && start > 0 ? keyOf(first) : null,
  };
}
