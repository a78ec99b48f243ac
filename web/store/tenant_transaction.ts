import { type IsolationLevel, type Kysely, sql, type Transaction } from "kysely";
import { fullJitterMs } from "@/shared/backoff.ts";
import { sendAnnouncements } from "./live_topics.ts";
import type { Database } from "./schema.ts";
import { sqlState } from "./unavailable.ts";

/** A transaction in which row level security shows one tenant's rows. */
export type TenantTransaction = Transaction<Database> & { readonly tenantId: string };

/** How the transaction runs. */
export interface TenantTransactionOptions {
  /** @default false */
  readOnly?: boolean;
  /** @default "read committed" */
  isolation?: IsolationLevel;
  /**
   * The work does nothing but statements on this transaction, so it may run again (up to three times) after a
   * deadlock or a serialisation failure. @default false
   */
  isRepeatable?: boolean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const RETRIES_MAX = 3;
/** serialization_failure and deadlock_detected: PostgreSQL undid the transaction, and the same again may succeed. */
const RETRIED_STATES = new Set(["40001", "40P01"]);

/**
 * Runs `work` in a transaction of one tenant; the only way to tenant tables, since without a tenant they show no row.
 *
 * @throws {DatabaseUnavailableError} when the database is away; if that happens during commit the outcome is unknown
 */
export async function withTenant<T>(
  db: Kysely<Database>,
  tenantId: string,
  work: (trx: TenantTransaction) => Promise<T>,
  options: TenantTransactionOptions = {},
): Promise<T> {
  // It becomes part of a statement below: nothing but a uuid may pass.
  if (!UUID.test(tenantId)) throw new Error(`Cannot open a tenant transaction: "${tenantId}" is not a uuid`);
  for (let attempt = 0;; attempt++) {
    try {
      return await runOnce(db, tenantId, work, options);
    } catch (error) {
      const state = sqlState(error);
      const mayRetry = options.isRepeatable === true && state !== null && RETRIED_STATES.has(state);
      if (!mayRetry || attempt >= RETRIES_MAX) throw error;
      await pause(fullJitterMs(attempt, { baseMs: 20, capMs: 200, random: Math.random }));
    }
  }
}

function runOnce<T>(
  db: Kysely<Database>,
  tenantId: string,
  work: (trx: TenantTransaction) => Promise<T>,
  options: TenantTransactionOptions,
): Promise<T> {
  let builder = db.transaction();
  if (options.readOnly === true) builder = builder.setAccessMode("read only");
  if (options.isolation !== undefined) builder = builder.setIsolationLevel(options.isolation);
  return builder.execute(async (trx) => {
    await sql.raw(`select set_config('app.tenant', '${tenantId}', true)`).execute(trx);
    const tenantTrx = Object.assign(trx, { tenantId });
    const result = await work(tenantTrx);
    await sendAnnouncements(tenantTrx);
    return result;
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
