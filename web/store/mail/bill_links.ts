import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Whose a bill is, asked before the tenant is known (decision R10); null for a draft and for none. */
export async function lookupBillLink(
  db: Kysely<Database>,
  billId: string,
): Promise<{ tenant_id: string; link_generation: number } | null> {
  const { rows: [row] } = await sql<{ tenant_id: string; link_generation: number }>`
    select tenant_id, link_generation from lookup_bill_link(${billId}::uuid)`.execute(db);
  return row ?? null;
}

/** Makes every address of a bill that was given out so far lead nowhere. */
export async function updateLinkGeneration(trx: TenantTransaction, billId: string): Promise<void> {
  await trx.updateTable("bills").set((eb) => ({ link_generation: eb("link_generation", "+", 1) }))
    .where("tenant_id", "=", trx.tenantId).where("id", "=", billId).execute();
}
