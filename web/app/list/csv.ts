import { readableText } from "@/shared/text/mod.ts";
import type { Page } from "@/web/store/db/keyset.ts";

/** A column of a file: its heading, and a row's cell as text. */
export type CsvColumn<Row> = readonly [head: string, cell: (row: Row) => string];

/** Rows that are read at once. */
export const CSV_ROWS_AT_ONCE = 1000;

/** What is told of a file when its rows have been read, before the last of them goes out. */
export interface CsvEnd {
  rows: number;
  /** False: whoever asked went away before the end. */
  isWhole: boolean;
}

/**
 * A list as a file for spreadsheets: UTF-8 with a mark, CRLF, every cell quoted. The first rows are read before the
 * answer begins, so that a failure is still a page; the rest is read while it is sent, and never held in memory.
 */
export async function csvAnswer<Row>(
  name: string,
  columns: readonly CsvColumn<Row>[],
  readRows: (after: string | undefined) => Promise<Pick<Page<Row>, "rows" | "next">>,
  onEnd: (end: CsvEnd) => Promise<void> = () => Promise.resolve(),
): Promise<Response> {
  const first = await readRows(undefined);
  let sent = first.rows.length;
  let isTold = false;
  const tell = async (isWhole: boolean) => {
    if (isTold) return;
    isTold = true;
    await onEnd({ rows: sent, isWhole });
  };
  if (first.next === null) await tell(true);
  const lines = (rows: readonly Row[]) =>
    rows.map((row) => lineOf(columns.map(([, cell]) => cell(row)))).join("");
  let after = first.next;
  const body = new ReadableStream<string>({
    start(stream) {
      stream.enqueue("\ufeff" + lineOf(columns.map(([head]) => head)) + lines(first.rows));
      if (after === null) stream.close();
    },
    async pull(stream) {
      if (after === null) return;
      const page = await readRows(after);
      // Somebody who went away meanwhile gets no more.
      if (isTold) return;
      after = page.next;
      sent += page.rows.length;
      if (after === null) await tell(true);
      stream.enqueue(lines(page.rows));
      if (after === null) stream.close();
    },
    async cancel() {
      await tell(false);
    },
  });
  return new Response(body.pipeThrough(new TextEncoderStream()), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}.csv"`,
    },
  });
}

/** The same for rows that are read already. */
export function csvOf<Row>(
  name: string,
  columns: readonly CsvColumn<Row>[],
  rows: readonly Row[],
): Promise<Response> {
  return csvAnswer(name, columns, () => Promise.resolve({ rows: [...rows], next: null }));
}

function lineOf(cells: readonly string[]): string {
  return cells.map(cell).join(",") + "\r\n";
}

/** A cell that a spreadsheet would take for a formula is kept as text; a name in a code page is readable. */
function cell(value: string): string {
  const text = readableText(value);
  const isFormula = /^[=+\-@\t\r]/.test(text);
  return `"${(isFormula ? `'${text}` : text).replaceAll('"', '""')}"`;
}
