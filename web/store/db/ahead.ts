import { CompiledQuery, type Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** How a statement begins that is sent without waiting for its answer. */
export const AHEAD = "/* ahead */ ";

/** A statement that can be compiled: a query builder of the transaction. */
interface Compilable {
  compile(): CompiledQuery;
}

/**
 * Sends a statement whose answer nobody reads, without waiting for it: a transaction that writes to six tables costs one
 * round trip and not six. When it fails, the next statement that is waited for fails with its error, the commit at the
 * latest; so only inside a transaction, and never where the error is to be caught.
 */
export async function sendAhead(trx: Kysely<Database>, statement: Compilable): Promise<void> {
  const { sql, parameters } = statement.compile();
  await trx.executeQuery(CompiledQuery.raw(AHEAD + sql, [...parameters]));
}

/** The same for a statement of the `sql` template. */
export function sendSqlAhead(
  trx: Kysely<Database>,
  statement: { compile(db: Kysely<Database>): CompiledQuery },
): Promise<void> {
  return sendAhead(trx, { compile: () => statement.compile(trx) });
}

/** The row that stands in place of those of a statement that was sent ahead. */
export interface SentAhead {
  /** Settles with the answer; a failure is told by the next statement that is waited for as well. */
  answer: Promise<unknown>;
}

/**
 * Sends a statement ahead whose rows are wanted once the next one has been waited for: two that follow each other cost one
 * round trip. Call what it gives back only behind that one.
 */
export async function askSqlAhead<Row>(
  trx: Kysely<Database>,
  statement: { compile(db: Kysely<Database>): CompiledQuery },
): Promise<() => Promise<Row[]>> {
  const { sql, parameters } = statement.compile(trx);
  const { rows } = await trx.executeQuery<SentAhead>(CompiledQuery.raw(AHEAD + sql, [...parameters]));
  const [sent] = rows;
  if (sent === undefined) throw new Error("Cannot ask ahead: the connection waited for the answer");
  return async () => (await sent.answer as { rows: Row[] }).rows;
}
