import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** The data key of the tenant as it is stored. */
export interface TenantKeyRow {
  kek_id: string;
  wrapped_key: string;
}

/** The tenant's data key, kept from being wrapped anew until this transaction ends; null when it has none yet. */
export async function shareTenantKey(trx: TenantTransaction): Promise<TenantKeyRow | null> {
  return await trx.selectFrom("tenant_keys").select(["kek_id", "wrapped_key"])
    .where("tenant_id", "=", trx.tenantId).forShare().executeTakeFirst() ?? null;
}

/** The same for whoever wraps it anew. */
export async function lockTenantKey(trx: TenantTransaction): Promise<TenantKeyRow | null> {
  return await trx.selectFrom("tenant_keys").select(["kek_id", "wrapped_key"])
    .where("tenant_id", "=", trx.tenantId).forUpdate().executeTakeFirst() ?? null;
}

/** Gives the tenant its data key; where another transaction was faster, that one's stays. */
export async function insertTenantKey(trx: TenantTransaction, row: TenantKeyRow): Promise<void> {
  await trx.insertInto("tenant_keys").values({ ...row, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.column("tenant_id").doNothing()).execute();
}

/** Puts a key in the place of one, unless that was changed meanwhile. */
export async function updateTenantKey(
  trx: TenantTransaction,
  before: TenantKeyRow,
  after: TenantKeyRow,
): Promise<void> {
  await trx.updateTable("tenant_keys").set({ ...after, rewrapped_at: sql`now()` })
    .where("tenant_id", "=", trx.tenantId).where("wrapped_key", "=", before.wrapped_key).execute();
}

const LOCK = sql`hashtextextended('linya:master_keys', 0)`;

/** Whoever wraps a new data key holds this until commit, so that no master key is dropped in between. */
export async function holdMasterKeys(trx: TenantTransaction): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${LOCK})`.execute(trx);
}

/** Does something with the master keys while no transaction uses one for a new data key, and nobody else does this. */
export async function withMasterKeysLocked<T>(db: Kysely<Database>, work: () => Promise<T>): Promise<T> {
  return await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
    return await work();
  });
}
