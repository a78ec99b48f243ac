/**
 * Rows as text for `jsonb_to_recordset`: one parameter carries a whole batch, which costs the application half of
 * what a long VALUES list does. bigint travels as text, dates and instants as ISO strings, undefined is left out.
 */
export function toRecordset(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => typeof value === "bigint" ? value.toString() : value);
}
