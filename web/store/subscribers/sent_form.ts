import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * The same form sent twice at the same time: the second waits here until the first is done, and only then looks for
 * what that has made. `key` was made when the form was opened.
 */
export async function lockSentForm(trx: TenantTransaction, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`form:${trx.tenantId}:${key}`}, 0))`.execute(trx);
}
