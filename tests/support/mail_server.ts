import type { Insertable } from "kysely";
import type { MailServersTable } from "@/web/store/db/schema.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

const SAVED_AT = Temporal.Instant.from("2025-12-01T00:00:00Z");

/** Sets a mail server that nobody answers at, so that messages wait for one who sends them. */
export async function setMailServer(
  trx: TenantTransaction,
  over: Partial<Insertable<MailServersTable>> = {},
): Promise<void> {
  await trx.insertInto("mail_servers").values({
    tenant_id: trx.tenantId,
    preset: "own",
    host: "127.0.0.1",
    port: 25,
    encryption: "none",
    auth: "none",
    from_name: "Ilaya Net",
    from_address: "bills@ilaya.test",
    revision: 1,
    saved_at: SAVED_AT,
    saved_by: "Ana Reyes",
    ...over,
  }).execute();
}
