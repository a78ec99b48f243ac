import { isGroup, placeOf, Router } from "@/web/fresh/internal.ts";
import type { z } from "zod";
import { isPathSubject, type PathSubject } from "@/web/store/access/path_subjects.ts";
import { audienceBelow } from "./audiences.ts";
import type { Permission } from "@/web/domain/access/mod.ts";

/**
 * Who may use a route. The permissions of the catalogue are those of staff; a public route is open to everybody, or until
 * the owner account exists.
 */
export type RouteAccess =
  | { audience: "staff"; permission: Permission | "signed_in" }
  | { audience: "subscriber" | "operator"; permission: "signed_in" }
  | { audience: "public"; permission: "public" | "setup" };

/** What a route accepts and does. */
export interface RouteContent {
  /** What it takes besides the permission: all of these. Only of staff. */
  also?: readonly Permission[];
  /** Schema of the form (POST) or of the query (GET). */
  input?: z.ZodType;
  /** Files of a `multipart/form-data` form: field to the most bytes. Other routes refuse such a form. */
  files?: Readonly<Record<string, number>>;
  /** Schema of the path parameters; a mismatch answers 404. */
  params?: z.ZodType;
  /** Name of the audit entry that the route writes. */
  audit?: string;
  /**
   * In other hands it would hurt most: who has proved longer than a quarter of an hour ago that they are the person of
   * the session is asked again. A page asks those only who may send its form.
   */
  confirm?: true;
  /** What the route does, for the printed table. */
  summary: string;
}

/** An entry of the table; a pattern is as mounted, `/admin/bills/:id`. */
export type RouteEntry = RouteAccess & RouteContent & { method: "GET" | "POST"; pattern: string };

/** What a route file exports as `route`: an entry for each method that it handles. Its pattern is the file's place. */
export type RouteEntries = Partial<Record<RouteEntry["method"], RouteAccess & RouteContent>>;

/** The entries of route files, put together into the table. */
export function collectRouteTable(files: readonly { path: string; module: object }[]): RouteEntry[] {
  return files.flatMap(({ path, module }) => {
    const { kind, place } = placeOf(path);
    const { route } = module as { route?: RouteEntries };
    if (kind !== "route" || route === undefined) return [];
    const pattern = `/${place.split("/").filter((segment) => segment !== "" && !isGroup(segment)).join("/")}`;
    return (Object.keys(route) as RouteEntry["method"][])
      .map((method) => ({ method, pattern, ...route[method]! }));
  });
}

/** Why the mounted routes and the table do not agree; empty when they do. */
export function checkRouteTable(
  mounted: readonly { method: string; pattern: string }[],
  table: readonly RouteEntry[],
): string[] {
  const problems: string[] = [];
  const listed = new Set<string>();
  for (const entry of table) {
    if (listed.has(keyOf(entry))) problems.push(`${keyOf(entry)}: listed twice`);
    listed.add(keyOf(entry));
    if (entry.audience !== "public" && audienceBelow(entry.pattern) !== entry.audience) {
      problems.push(
        `${keyOf(entry)}: for ${entry.audience}, but outside of their pages (web/app/audiences.ts)`,
      );
    }
    if (entry.pattern.includes("/:id") && subjectOf(entry.pattern) === null) {
      problems.push(`${keyOf(entry)}: nobody knows what its id is of (web/store/access/path_subjects.ts)`);
    }
  }
  const present = new Set(mounted.map(keyOf));
  for (const route of mounted) {
    if (!isListable(route.method)) {
      problems.push(`${keyOf(route)}: mounted for a method that the table cannot list`);
    } else if (!listed.has(keyOf(route))) {
      problems.push(`${keyOf(route)}: mounted but not in the route table`);
    }
  }
  for (const key of listed) {
    if (!present.has(key)) problems.push(`${key}: in the route table but not mounted`);
  }
  return problems;
}

/** What the id of a pattern is of: the segment before it. Null for a pattern without an id. */
export function subjectOf(pattern: string): PathSubject | null {
  const segment = /([^/]+)\/:id(?:\/|$)/.exec(pattern)?.[1] ?? "";
  return isPathSubject(segment) ? segment : null;
}

/**
 * Stops the start of an app whose routes are not the table's.
 *
 * @throws {Error} naming every difference
 */
export function assertRouteTable(
  mounted: readonly { method: string; pattern: string }[],
  table: readonly RouteEntry[],
): void {
  const problems = checkRouteTable(mounted, table);
  if (problems.length > 0) {
    throw new Error(`Cannot start: the route table differs\n  ${problems.join("\n  ")}`);
  }
}

/** The entry of a mounted pattern; HEAD is GET. */
export function findEntry(table: readonly RouteEntry[], method: string, pattern: string): RouteEntry | null {
  const key = keyOf({ method: method === "HEAD" ? "GET" : method, pattern });
  return byKey(table).get(key) ?? null;
}

/** The entry that answers a path, matched as the app matches it. */
export function matchEntry(table: readonly RouteEntry[], method: string, path: string): RouteEntry | null {
  const router = new Router<true>();
  for (const entry of table) router.getOrAdd(entry.pattern, () => true);
  const match = router.match(path);
  return match === null ? null : findEntry(table, method, match.pattern);
}

/** The table as text, one line a route. */
export function printRouteTable(table: readonly RouteEntry[]): string {
  const width = Math.max(...table.map((entry) => entry.pattern.length));
  return table.map((entry) =>
    `${entry.method.padEnd(4)} ${entry.pattern.padEnd(width)}  ${entry.audience}  ${
      [entry.permission, ...entry.also ?? []].join(" ")
    }  ${entry.summary}${entry.confirm ? " (asks again)" : ""}`
  ).sort().join("\n");
}

const indexes = new WeakMap<readonly RouteEntry[], Map<string, RouteEntry>>();

function byKey(table: readonly RouteEntry[]): Map<string, RouteEntry> {
  let index = indexes.get(table);
  if (index === undefined) indexes.set(table, index = new Map(table.map((entry) => [keyOf(entry), entry])));
  return index;
}

function keyOf({ method, pattern }: { method: string; pattern: string }): string {
  return `${method} ${pattern}`;
}

function isListable(method: string): boolean {
  return method === "GET" || method === "POST";
}
