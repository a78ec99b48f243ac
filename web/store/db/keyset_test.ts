import assert from "node:assert/strict";
import { type CursorPart, decodeCursor, encodeCursor, positionOf, toPage } from "./keyset.ts";

Deno.test.each<{ kind: CursorPart; part: string; isTaken: boolean }>([
  { kind: "text", part: "O'Brien; --", isTaken: true },
  { kind: "text", part: "a\0b", isTaken: false },
  { kind: "uuid", part: "0197a000-0000-7000-8000-000000000000", isTaken: true },
  { kind: "uuid", part: "0197a000", isTaken: false },
  { kind: "date", part: "2024-02-29", isTaken: true },
  { kind: "date", part: "2025-02-29", isTaken: false },
  { kind: "date", part: "2026-02-31", isTaken: false },
  { kind: "instant", part: "2026-11-23T01:02:03.123456Z", isTaken: true },
  { kind: "instant", part: "2026-11-23T25:02:03Z", isTaken: false },
  { kind: "instant", part: "2026-99-23T01:02:03Z", isTaken: false },
  { kind: "integer", part: "42", isTaken: true },
  { kind: "integer", part: "1e9", isTaken: false },
])("a cursor's $kind $part is taken: $isTaken", ({ kind, part, isTaken }) => {
  assert.deepEqual(decodeCursor(encodeCursor([part]), [kind]), isTaken ? [part] : null);
});

Deno.test("a mangled cursor shows the first page", () => {
  for (const after of ["", "x", "!!", encodeCursor([]), encodeCursor(["a", "b"]), "bnVsbA", "e30"]) {
    assert.deepEqual(positionOf({ after, limit: 2 }, ["text"]), { parts: null, isBackward: false });
  }
});

Deno.test("pages forward and back meet without a gap", () => {
  const all = ["a", "b", "c", "d", "e"];
  const read = (request: { after?: string; before?: string; limit: number }) => {
    const position = positionOf(request, ["text"]);
    const from = position.parts?.[0];
    const rows = position.isBackward
      ? all.filter((row) => row < (from ?? "")).reverse()
      : all.filter((row) => from === undefined || row > from);
    return toPage(rows.slice(0, request.limit + 1), request, position, (row) => [row]);
  };
  const first = read({ limit: 2 });
  assert.deepEqual([first.rows, first.previous], [["a", "b"], null]);
  const second = read({ after: first.next ?? "", limit: 2 });
  assert.deepEqual(second.rows, ["c", "d"]);
  const last = read({ after: second.next ?? "", limit: 2 });
  assert.deepEqual([last.rows, last.next], [["e"], null]);
  assert.deepEqual(read({ before: last.previous ?? "", limit: 2 }).rows, ["c", "d"]);
  const again = read({ before: second.previous ?? "", limit: 2 });
  assert.deepEqual([again.rows, again.previous], [["a", "b"], null]);
});
