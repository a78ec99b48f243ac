import type { Kysely } from "kysely";
import { writeMails } from "@/web/services/mail/write_mails.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";

/** Batches of bills whose mails are still to be written. */
export async function listUnwritten(trx: TenantTransaction): Promise<string[]> {
  const rows = await trx.selectFrom("unwritten_mails").select("id").where("tenant_id", "=", trx.tenantId)
    .orderBy("created_at").orderBy("id").execute();
  return rows.map((row) => row.id);
}

/** Writes them, as the mail worker does a moment after the run. */
export async function writeMailsOf(db: Kysely<Database>, tenantId: string): Promise<void> {
  for (const id of await withTenant(db, tenantId, listUnwritten, { readOnly: true })) {
    await writeMails(db, { tenantId, id });
  }
}
