/** One file as spreadsheets read it: UTF-8 with a mark, CRLF, every cell quoted. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return "\ufeff" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** A cell that a spreadsheet would take for a formula is kept as text. */
function cell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text);
  return `"${(isFormula ? `'${text}` : text).replaceAll('"', '""')}"`;
}
