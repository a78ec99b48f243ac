import { verify } from "@/shared/crypto/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type ErasureRow, listErasures } from "@/web/store/privacy/erasures.ts";
import { listRedactionsOf } from "@/web/store/privacy/redactions.ts";
import { erasureDigest, erasureStatement } from "./erasure_statement.ts";

/**
 * Ids of the erasures that this installation signed, and whose entries are those that it signed for: what they say of
 * the audit log is believed. A row that somebody wrote into the database by hand excuses nothing.
 *
 * @param publicKey the installation's; null where it is not known: then every one counts that is signed at all
 */
export async function listSignedErasures(
  trx: TenantTransaction,
  publicKey: Uint8Array | null,
): Promise<string[]> {
  const signed: string[] = [];
  for (const row of await listErasures(trx, "done")) {
    if (publicKey !== null && row.public_key?.toHex() !== publicKey.toHex()) continue;
    const digest = erasureDigest(await listRedactionsOf(trx, row.id));
    if (digest.toHex() === row.digest?.toHex() && await isSigned(trx.tenantId, row)) signed.push(row.id);
  }
  return signed;
}

async function isSigned(tenantId: string, row: ErasureRow): Promise<boolean> {
  const { digest, erased_at: erasedAt, signature, public_key: publicKey } = row;
  if (digest === null || erasedAt === null || signature === null || publicKey === null) return false;
  const statement = erasureStatement({
    tenantId,
    erasureId: row.id,
    subscriberId: row.subscriber_id,
    account: row.account_number,
    erasedAt,
    entries: row.entries ?? 0,
    digest,
  });
  return await verify(new Uint8Array(publicKey), new Uint8Array(signature), statement);
}
