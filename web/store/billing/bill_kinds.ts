import { type RawBuilder, sql } from "kysely";

/**
 * Whether a bill of a kind is for days of service, or was taken over from the books from before. Late fees, charges and debit
 * memos come beside such bills and say nothing of how many of them nobody pays.
 */
export function isOfCycle(kind: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`${kind} not in ('late_fee', 'one_time', 'debit_memo')`;
}
