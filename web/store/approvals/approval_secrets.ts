import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Keeps what was typed with a request, sealed. */
export async function insertApprovalSecrets(
  trx: TenantTransaction,
  requestId: string,
  sealed: string,
): Promise<void> {
  await trx.insertInto("approval_secrets")
    .values({ tenant_id: trx.tenantId, request_id: requestId, values_sealed: sealed }).execute();
}

/** What was typed with a request, sealed; null where nothing was, or it is decided. */
export async function findApprovalSecrets(
  trx: TenantTransaction,
  requestId: string,
): Promise<string | null> {
  const row = await trx.selectFrom("approval_secrets").select("values_sealed")
    .where("tenant_id", "=", trx.tenantId).where("request_id", "=", requestId).executeTakeFirst();
  return row?.values_sealed ?? null;
}

/** Wipes it. */
export async function deleteApprovalSecrets(trx: TenantTransaction, requestId: string): Promise<void> {
  await trx.deleteFrom("approval_secrets").where("tenant_id", "=", trx.tenantId)
    .where("request_id", "=", requestId).execute();
}
