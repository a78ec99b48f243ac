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
  const bare = text.replace(/^\ufeff/, "");
  const head = bare.split(/\r?\n/).find((line) => line.trim() !== "") ?? "";
  const times = (mark: string) => head.split(mark).length;
  const delimiter = DELIMITERS.toSorted((a, b) => times(b) - times(a))[0] ?? ",";
  const lines: CsvLine[] = [];
  let row: CsvLine = { line: 1, cells: [] };
  let cell = "";
  let isQuoted = false;
  let line = 1;
  const endCell = () => {
    row.cells.push(unguarded(cell.trim()));
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (row.cells.some((one) => one !== "")) lines.push(row);
    row = { line, cells: [] };
  };
  for (let at = 0; at < bare.length; at++) {
    const letter = bare[at] ?? "";
    if (letter === "\n") line++;
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (bare[at + 1] === '"') cell += bare[++at];
      else isQuoted = false;
    } else if (letter === '"' && cell.trim() === "") {
      cell = "";
      isQuoted = true;
    } else if (letter === delimiter) endCell();
    else if (letter === "\n") endRow();
    else cell += letter;
  }
  endRow();
  return lines;
}

/** Linya's own files keep what a spreadsheet would take for a formula as text, with a mark before it. */
function unguarded(cell: string): string {
  return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell;
}
