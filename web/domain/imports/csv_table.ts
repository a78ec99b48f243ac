import Papa from "papaparse";

/** A line of a file with its number as an editor counts it. */
export interface CsvLine {
  line: number;
  cells: string[];
}

const DELIMITERS = [",", ";", "\t"];

/**
 * Reads a file of a spreadsheet: commas, semicolons or tabs, whichever the first line has most of; cells may be quoted
 * and hold line ends. Lines without any text are left out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readCsv } from "@/web/domain/imports/mod.ts";
 * assert.deepEqual(readCsv('user;name\r\njuan;"Cruz; Juan"'), [
 *   { line: 1, cells: ["user", "name"] },
 *   { line: 2, cells: ["juan", "Cruz; Juan"] },
 * ]);
 * ```
 */
export function readCsv(text: string): CsvLine[] {
  const bare = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const head = bare.split("\n").find((line) => line.trim() !== "") ?? "";
  const times = (mark: string) => head.split(mark).length;
  const delimiter = DELIMITERS.toSorted((a, b) => times(b) - times(a))[0] ?? ",";
  const lines: CsvLine[] = [];
  let line = 1;
  let from = 0;
  Papa.parse<string[]>(bare, {
    delimiter,
    newline: "\n",
    step: ({ data, meta: { cursor } }) => {
      const cells = data.map((cell) => unguarded(cell.trim()));
      if (cells.some((cell) => cell !== "")) lines.push({ line, cells });
      line += bare.slice(from, cursor).split("\n").length - 1;
      from = cursor;
    },
  });
  return lines;
}

/** Linya's own files keep what a spreadsheet would take for a formula as text, with a mark before it. */
function unguarded(cell: string): string {
  return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell;
}
