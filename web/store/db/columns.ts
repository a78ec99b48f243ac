import { type RawBuilder, sql } from "kysely";

/** `b.id, b.number, …` for a query that is written as text. */
export function columnsOf(alias: string, columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(`${alias}.${column}`)));
}
