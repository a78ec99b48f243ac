import { fromBase64Url, toBase64Url } from "@/shared/crypto/mod.ts";

/** One page of a keyset list. The cursors go into the address; null means that there is no such page. */
export interface Page<T> {
  rows: T[];
  /** For `after`. */
  next: string | null;
  /** For `before`. */
  previous: string | null;
}

/** Which page is wanted; without both the first one. */
export interface PageRequest {
  after?: string | undefined;
  before?: string | undefined;
  limit: number;
}

/** A position in a sorted list, as text for an address. */
export function encodeCursor(parts: readonly string[]): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(parts)));
}

/** Reads a cursor back; null when it is not one of ours, so that a mangled address shows the first page. */
export function decodeCursor(text: string | undefined, kinds: readonly CursorPart[]): string[] | null {
  const bytes = text === undefined ? null : fromBase64Url(text);
  if (bytes === null) return null;
  try {
    const parts: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isCursor(parts, kinds) ? parts : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What a part of a cursor must look like before it may reach a statement. */
export type CursorPart = "text" | "uuid" | "date" | "instant" | "integer";

const PATTERNS: Record<CursorPart, RegExp> = {
  text: /^[\s\S]*$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  date: /^\d{4}-\d\d-\d\d$/,
  instant: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  integer: /^-?\d{1,15}$/,
};

function isCursor(parts: unknown, kinds: readonly CursorPart[]): parts is string[] {
  return Array.isArray(parts) && parts.length === kinds.length &&
    kinds.every((kind, i) => {
      const part: unknown = parts[i];
      // PostgreSQL has no NUL in text.
      return typeof part === "string" && !part.includes("\0") && PATTERNS[kind].test(part) &&
        exists(kind, part);
    });
}

/** Whether a date or an instant of the right form is one: PostgreSQL refuses 31 February with an error. */
function exists(kind: CursorPart, part: string): boolean {
  if (kind !== "date" && kind !== "instant") return true;
  try {
    if (kind === "date") Temporal.PlainDate.from(part);
    else Temporal.Instant.from(part);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A cursor decoded, and which way it looks. */
export interface Position {
  parts: string[] | null;
  isBackward: boolean;
}

/** The position that a request asks for. */
export function positionOf(request: PageRequest, kinds: readonly CursorPart[]): Position {
  const before = decodeCursor(request.before, kinds);
  if (before !== null) return { parts: before, isBackward: true };
  return { parts: decodeCursor(request.after, kinds), isBackward: false };
}

/** Makes a page out of limit + 1 rows that were read in the direction of the position. */
export function toPage<T>(
  found: readonly T[],
  request: PageRequest,
  position: Position,
  cursorOf: (row: T) => readonly string[],
): Page<T> {
  const hasMore = found.length > request.limit;
  const rows = found.slice(0, request.limit);
  if (position.isBackward) rows.reverse();
  const [first, last] = [rows[0], rows.at(-1)];
  const hasNext = position.isBackward ? true : hasMore;
  const hasPrevious = position.isBackward ? hasMore : position.parts !== null;
  return {
    rows,
    next: hasNext && last !== undefined ? encodeCursor(cursorOf(last)) : null,
    previous: hasPrevious && first !== undefined ? encodeCursor(cursorOf(first)) : null,
  };
}
