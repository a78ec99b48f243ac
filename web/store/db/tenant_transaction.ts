import { type IsolationLevel, type Kysely, sql, type Transaction } from "kysely";
import { fullJitterMs } from "@/shared/backoff.ts";
import { LIMITING, TENANT_OPENING } from "./guarded_pool.ts";
import { sendAnnouncements } from "../live/live_topics.ts";
import type { Database } from "./schema.ts";
import { sqlState } from "./unavailable.ts";
import { countWrite } from "./write_count.ts";

/** A transaction in which row level security shows one tenant's rows. */
export type TenantTransaction = Transaction<Database> & { readonly tenantId: string };

/** What somebody sees whose roles are limited to some sites. */
interface Limit {
  siteIds: readonly string[];
  /** Who it is: what they asked for themselves they see, wherever it is. */
  personId?: string | undefined;
}

/** Databases that show only what belongs to some sites. */
const limitsOf = new WeakMap<Kysely<Database>, Limit>();

/** The same of open transactions. */
const limitOfTrx = new WeakMap<Kysely<Database>, Limit>();

/**
 * The same database for somebody who is limited to some sites: its read-only transactions see what belongs to these
 * (`limited_views.ts`). Whatever writes sees everything of the tenant: who pays at one desk is restored wherever their
 * connection is, and numbers, names and the audit chain are the whole company's. So ids are looked at before.
 *
 * @param personId who it is, where that is known: they see what they asked for themselves
 */
export function limitToSites(
  db: Kysely<Database>,
  siteIds: readonly string[],
  personId?: string,
): Kysely<Database> {
  const limited = db.withoutPlugins();
  limitsOf.set(limited, { siteIds, personId });
  return limited;
}

/**
 * Reads within a transaction that writes as somebody sees it who is limited to some sites; null: everything. An error ends
 * the transaction, and the limit with it.
 */
export async function seeOnly<T>(
  trx: TenantTransaction,
  siteIds: readonly string[] | null,
  read: () => Promise<T>,
): Promise<T> {
  if (siteIds === null) return await read();
  await sql.raw(`select 1${limiting({ siteIds })}`).execute(trx);
  const found = await read();
  await sql`select set_config('app.sites', '', true), set_config('search_path', 'public', true)`.execute(trx);
  return found;
}

/**
 * Reads all of the company within a transaction that is limited to some sites, for what must not depend on who looks; what
 * of it they are shown is the caller's to bound. An error ends the transaction.
 */
export async function seeEverything<T>(trx: TenantTransaction, read: () => Promise<T>): Promise<T> {
  const limit = limitOfTrx.get(trx);
  if (limit === undefined) return await read();
  await sql`select set_config('app.sites', '', true), set_config('search_path', 'public', true)`.execute(trx);
  const found = await read();
  await sql.raw(`select 1${limiting(limit)}`).execute(trx);
  return found;
}

/** Whether a transaction shows only what belongs to some sites. */
export function isLimited(trx: TenantTransaction): boolean {
  return limitOfTrx.has(trx);
}

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

/** Whether PostgreSQL undid the whole transaction, and the same again may succeed. */
export function isRetried(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && RETRIED_STATES.has(state);
}

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
      const mayRetry = options.isRepeatable === true && isRetried(error);
      if (!mayRetry || attempt >= RETRIES_MAX) throw error;
      await pause(fullJitterMs(attempt, { baseMs: 20, capMs: 200, random: Math.random }));
    }
  }
}

/**
 * Runs `work` in a read-only transaction of the tenant whose live session has this token hash (R10); null when there is
 * none, or it was ended. Looking it up and opening the tenant is one message.
 */
export async function withSession<T>(
  db: Kysely<Database>,
  tokenHash: Uint8Array,
  work: (trx: TenantTransaction, sessionId: string) => Promise<T>,
): Promise<T | null> {
  // Hexadecimal digits only: without parameters it travels together with the beginning of the transaction.
  const lookUp = `select session_id, tenant_id, set_config('app.tenant', tenant_id::text, true)
    from lookup_session('\\x${tokenHash.toHex()}')`;
  return await db.transaction().setAccessMode("read only").execute(async (trx) => {
    const { rows } = await sql.raw<{ session_id: string; tenant_id: string }>(lookUp).execute(trx);
    const [found] = rows;
    if (found === undefined) return null;
    return await work(Object.assign(trx, { tenantId: found.tenant_id }), found.session_id);
  });
}

async function runOnce<T>(
  db: Kysely<Database>,
  tenantId: string,
  work: (trx: TenantTransaction) => Promise<T>,
  options: TenantTransactionOptions,
): Promise<T> {
  if (options.readOnly === true) return await transact(db, tenantId, work, options);
  try {
    return await transact(db, tenantId, work, options);
  } finally {
    // Also after an error: when the connection is lost during commit nobody knows whether it was written.
    countWrite(tenantId);
  }
}

/**
 * Does a part of a transaction at another tenant, within the same commit: what somebody did who is with several companies is
 * written down at each of them, or at none. An error ends the transaction.
 */
export async function asTenant<T>(
  trx: TenantTransaction,
  tenantId: string,
  work: (trx: TenantTransaction) => Promise<T>,
): Promise<T> {
  if (!UUID.test(tenantId)) throw new Error(`Cannot work as a tenant: "${tenantId}" is not a uuid`);
  await sql`select set_config('app.tenant', ${tenantId}, true)`.execute(trx);
  const there = Object.assign(trx.withoutPlugins(), { tenantId });
  const result = await work(there);
  await sendAnnouncements(there);
  await sql`select set_config('app.tenant', ${trx.tenantId}, true)`.execute(trx);
  return result;
}

function transact<T>(
  db: Kysely<Database>,
  tenantId: string,
  work: (trx: TenantTransaction) => Promise<T>,
  options: TenantTransactionOptions,
): Promise<T> {
  let builder = db.transaction();
  if (options.readOnly === true) builder = builder.setAccessMode("read only");
  if (options.isolation !== undefined) builder = builder.setIsolationLevel(options.isolation);
  return builder.execute(async (trx) => {
    const limit = options.readOnly === true ? limitsOf.get(db) : undefined;
    await sql.raw(`${TENANT_OPENING}${tenantId}', true)${limiting(limit)}`).execute(trx);
    const tenantTrx = Object.assign(trx, { tenantId });
    if (limit !== undefined) limitOfTrx.set(tenantTrx, limit);
    const result = await work(tenantTrx);
    await sendAnnouncements(tenantTrx);
    return result;
  });
}

/** What makes a transaction see only some sites, behind what names its tenant. */
function limiting(limit: Limit | undefined): string {
  if (limit === undefined) return "";
  const { siteIds, personId } = limit;
  // They become part of a statement, as the tenant does.
  const wrong = [...siteIds, ...(personId === undefined ? [] : [personId])].find((id) => !UUID.test(id));
  if (wrong !== undefined) throw new Error(`Cannot limit a transaction: "${wrong}" is not a uuid`);
  return `, set_config('app.person', '${personId ?? ""}', true)` +
    `, set_config('app.sites', '{${siteIds.join(",")}}', true)${LIMITING}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
