import type { Kysely } from "kysely";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { lookupTenants } from "@/web/store/access/staff.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import {
  countKekUses,
  lockSealedRows,
  SEALED_COLUMNS,
  type SealedColumn,
  updateSealedRow,
} from "@/web/store/secrets/sealed_columns.ts";
import { lockTenantKey, updateTenantKey, withMasterKeysLocked } from "@/web/store/secrets/tenant_keys.ts";
import { formatEnvelope, parseEnvelope } from "./envelope.ts";

/** What a rotation did. */
export interface Rotation {
  /** Key that everything is wrapped with now. */
  kekId: string;
  /** It was made just now; else an earlier rotation is finished, or the environment's first key taken. */
  isNew: boolean;
  tenants: number;
  dataKeys: number;
  secrets: number;
  /** What could not be wrapped anew, as `tenant table.column row: problem`; it stays as it is. */
  left: string[];
  /** Old keys that nothing needs any more; taken out of the file, where there is one. */
  unneeded: string[];
  /** Old keys that are still needed. */
  needed: string[];
}

export interface RotationOptions {
  /** Rows of a transaction. @default 200 */
  batchRows?: number;
  /** Called after each transaction. */
  onStep?: (step: string) => void;
}

/**
 * Wraps the data key of every tenant, and of everything sealed, with a new master key; the secrets themselves stay as they
 * are. It may be killed anywhere and run again, and the web runs meanwhile: until the old key is dropped both open, and
 * it is dropped only when nothing refers to it.
 */
export async function rotateKeys(
  db: Kysely<Database>,
  masterKeys: MasterKeys,
  { batchRows = 200, onStep }: RotationOptions = {},
): Promise<Rotation> {
  const begun = await withMasterKeysLocked(db, () => masterKeys.beginRotation());
  onStep?.("key_added");
  const tenants = await lookupTenants(db);
  const rotation: Rotation = {
    ...begun,
    tenants: tenants.length,
    dataKeys: 0,
    secrets: 0,
    left: [],
    unneeded: [],
    needed: [],
  };
  const work = { db, masterKeys, rotation, batchRows, onStep };
  for (const tenantId of tenants) {
    // The data key first: from then on nothing of this tenant is sealed with the old one.
    await rewrapDataKey(work, tenantId);
    for (const column of SEALED_COLUMNS) await rewrapColumn(work, tenantId, column);
  }
  await dropOldKeys(work);
  return rotation;
}

interface Work {
  db: Kysely<Database>;
  masterKeys: MasterKeys;
  rotation: Rotation;
  batchRows: number;
  onStep: RotationOptions["onStep"];
}

async function rewrapDataKey({ db, masterKeys, rotation, onStep }: Work, tenantId: string): Promise<void> {
  const outcome = await withTenant(db, tenantId, async (trx) => {
    const row = await lockTenantKey(trx);
    if (row === null || row.kek_id === rotation.kekId) return null;
    const data = await masterKeys.unwrap(tenantId, { kekId: row.kek_id, wrapped: row.wrapped_key });
    if (!data.ok) return data.problem;
    const { kekId, wrapped } = await masterKeys.wrap(tenantId, data.key);
    await updateTenantKey(trx, row, { kek_id: kekId, wrapped_key: wrapped });
    return "done";
  });
  if (outcome === "done") rotation.dataKeys++;
  else if (outcome !== null) rotation.left.push(`${tenantId} data key: ${outcome}`);
  onStep?.("data_key");
}

async function rewrapColumn(work: Work, tenantId: string, column: SealedColumn): Promise<void> {
  for (let after: string | null = ""; after !== null;) {
    after = await rewrapBatch(work, tenantId, column, after);
  }
}

/** The last row of the batch; null when it was the last batch. */
async function rewrapBatch(
  { db, masterKeys, rotation, batchRows, onStep }: Work,
  tenantId: string,
  column: SealedColumn,
  after: string,
): Promise<string | null> {
  const batch = await withTenant(db, tenantId, async (trx) => {
    const rows = await lockSealedRows(trx, column, { exceptKekId: rotation.kekId, after, limit: batchRows });
    const left: string[] = [];
    for (const row of rows) {
      const sealed = await rewrapped(masterKeys, tenantId, row.sealed);
      if (sealed.ok) await updateSealedRow(trx, column, { ...row, sealed: sealed.value });
      else left.push(`${tenantId} ${column.table}.${column.column} ${row.row_id}: ${sealed.problem}`);
    }
    return { rows, left };
  });
  rotation.secrets += batch.rows.length - batch.left.length;
  rotation.left.push(...batch.left);
  onStep?.("batch");
  return batch.rows.length < batchRows ? null : batch.rows.at(-1)?.row_id ?? null;
}

async function rewrapped(masterKeys: MasterKeys, tenantId: string, sealed: string) {
  const envelope = parseEnvelope(sealed);
  if (envelope === null) return { ok: false, problem: "damaged" } as const;
  const data = await masterKeys.unwrap(tenantId, envelope);
  if (!data.ok) return data;
  const value = formatEnvelope({ ...envelope, ...await masterKeys.wrap(tenantId, data.key) });
  return { ok: true, value } as const;
}

async function dropOldKeys({ db, masterKeys, rotation, onStep }: Work): Promise<void> {
  await withMasterKeysLocked(db, async () => {
    const used = new Set<string>();
    // Asked again: a tenant may be new since the rotation began.
    for (const tenantId of await lookupTenants(db)) {
      for (const { kek_id } of await withTenant(db, tenantId, countKekUses, { readOnly: true })) {
        used.add(kek_id);
      }
    }
    await masterKeys.reload();
    const old = masterKeys.ids.slice(1);
    rotation.unneeded = old.filter((id) => !used.has(id));
    rotation.needed = old.filter((id) => used.has(id));
    onStep?.("counted");
    await masterKeys.drop(rotation.unneeded);
  });
  onStep?.("dropped");
}
