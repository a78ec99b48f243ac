import { randomBytes } from "@/shared/crypto/mod.ts";
import type { MasterKeys, WrappedKey } from "@/web/gateways/master_key/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  holdMasterKeys,
  insertTenantKey,
  shareTenantKey,
  type TenantKeyRow,
  updateTenantKey,
} from "@/web/store/secrets/tenant_keys.ts";
import { decryptAt, encryptAt, formatEnvelope, parseEnvelope, type Place } from "./envelope.ts";

export type { Place } from "./envelope.ts";

/** A sealed text that does not open. Nothing secret stands in it. */
export class SecretError extends Error {
  override name = "SecretError";
  /** `unknown_key`: its master key is not here; `damaged`: it was changed, or belongs elsewhere. */
  readonly problem: "unknown_key" | "damaged";

  constructor(place: Place, problem: SecretError["problem"], kekId: string) {
    const what = `Cannot open ${place.table}.${place.column}`;
    super(
      problem === "unknown_key"
        ? `${what}: master key "${kekId}" is not here, restore the file of the master keys`
        : `${what}: it was changed or moved`,
    );
    this.problem = problem;
  }
}

const DATA_KEY_BYTES = 32;

/** A data key, in clear and as it is stored. */
type DataKey = WrappedKey & { key: Uint8Array<ArrayBuffer> };

/**
 * Seals a secret for the place where it will stand. Its tenant gets a data key with the first one. One whose master key is
 * lost gets another: what was sealed before keeps the key that it carries, and may be typed again meanwhile.
 */
export async function sealSecret(
  trx: TenantTransaction,
  masterKeys: MasterKeys,
  place: Place,
  clear: string,
): Promise<string> {
  const { key, kekId, wrapped } = await dataKeyOf(trx, masterKeys, place);
  return formatEnvelope({ kekId, wrapped, ...await encryptAt(trx.tenantId, place, { key, clear }) });
}

/**
 * Opens what {@linkcode sealSecret} made for this place.
 *
 * @throws {SecretError} when it is another place's or was changed, or its master key is not here
 */
export async function openSecret(
  trx: Pick<TenantTransaction, "tenantId">,
  masterKeys: MasterKeys,
  place: Place,
  sealed: string,
): Promise<string> {
  const envelope = parseEnvelope(sealed);
  if (envelope === null) throw new SecretError(place, "damaged", "");
  const data = await masterKeys.unwrap(trx.tenantId, envelope);
  if (!data.ok) throw new SecretError(place, data.problem, envelope.kekId);
  const clear = await decryptAt(trx.tenantId, place, { key: data.key, ...envelope });
  if (clear === null) throw new SecretError(place, "damaged", envelope.kekId);
  return clear;
}

async function dataKeyOf(
  trx: TenantTransaction,
  masterKeys: MasterKeys,
  place: Place,
): Promise<DataKey> {
  const known = await shareTenantKey(trx);
  const opened = known === null ? null : await unwrapRow(trx, masterKeys, known);
  if (opened !== null && "key" in opened) return opened;
  if (opened?.problem === "damaged") {
    throw new Error(`Cannot seal ${place.table}.${place.column}: the tenant's data key is damaged`);
  }
  await holdMasterKeys(trx);
  const made = await masterKeys.wrap(trx.tenantId, randomBytes(DATA_KEY_BYTES));
  const row = { kek_id: made.kekId, wrapped_key: made.wrapped };
  if (known === null) await insertTenantKey(trx, row);
  else await updateTenantKey(trx, known, row);
  // Another transaction may have been faster.
  const stored = await shareTenantKey(trx) ?? row;
  const data = await unwrapRow(trx, masterKeys, stored);
  if ("key" in data) return data;
  throw new Error(`Cannot seal ${place.table}.${place.column}: the tenant's data key does not open`);
}

async function unwrapRow(
  { tenantId }: TenantTransaction,
  masterKeys: MasterKeys,
  row: TenantKeyRow,
): Promise<DataKey | { problem: SecretError["problem"] }> {
  const stored = { kekId: row.kek_id, wrapped: row.wrapped_key };
  const data = await masterKeys.unwrap(tenantId, stored);
  return data.ok ? { ...stored, key: data.key } : data;
}
