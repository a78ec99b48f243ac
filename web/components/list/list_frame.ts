import type { Density } from "./table_columns.ts";

/** A view that the person has saved, as a tab. */
export interface ViewTab {
  name: string;
  /** Query of the list's address. */
  query: string;
}

/** Everything of a list that is not its rows: where it is, how it is narrowed, sorted and arranged. */
export interface ListFrame {
  /** Name in preferences and saved views: `subscribers`. */
  name: string;
  path: string;
  /** Filters, sort and page size, as they stand in the address. */
  query: Readonly<Record<string, string>>;
  density: Density;
  /** Ids of the columns that the person has chosen; null shows those that are shown by default. */
  columns: readonly string[] | null;
  /** Null where filters cannot be kept: the list belongs to one thing. */
  views: readonly ViewTab[] | null;
  csrfToken: string;
}

/** Names in a query that say how rows are shown, or that add rows: they narrow nothing. */
export const ARRANGING: ReadonlySet<string> = new Set(["sort", "per", "view", "show", "days"]);

/** The list's address with something changed; the page position is left out, since it belongs to the old list. */
export function listHref(frame: ListFrame, change: Readonly<Record<string, string | undefined>>): string {
  const text = queryText({ ...frame.query, ...change });
  return text === "" ? frame.path : `${frame.path}?${text}`;
}

/** A query in one order of names, so that two of the same meaning are the same text. */
export function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
  return new URLSearchParams(pairs.sort(([a], [b]) => a < b ? -1 : 1)).toString();
}

/** What a saved view keeps: filters and sort, not the page size. */
export function viewQuery(frame: ListFrame): string {
  return queryText({ ...frame.query, per: undefined });
}

/** Whether the address narrows the list at all. */
export function isNarrowed(frame: ListFrame): boolean {
  return Object.keys(frame.query).some((name) => !ARRANGING.has(name));
}

/** The address with every filter taken away; the sort stays. */
export function clearedHref(frame: ListFrame): string {
  const kept = Object.entries(frame.query).filter(([name]) => ARRANGING.has(name));
  return listHref({ ...frame, query: Object.fromEntries(kept) }, {});
}
