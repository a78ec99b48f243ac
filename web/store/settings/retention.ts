import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { TenantRow } from "./tenants.ts";

/** For how long what is known of people is kept. */
export type Retention = Pick<TenantRow, "tax_years" | "mail_days" | "opening_days" | "security_days">;

/** Two who save at once take turns. */
export async function lockTenant(trx: TenantTransaction): Promise<void> {
  await sql`select from tenants where id = ${trx.tenantId} for no key update`.execute(trx);
}

/** Sets it. */
export async function updateRetention(trx: TenantTransaction, retention: Retention): Promise<void> {
  await trx.updateTable("tenants").set(retention).where("id", "=", trx.tenantId).execute();
}
