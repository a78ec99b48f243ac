import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Tables with things that a request can name by their id, and of which some people see a part. */
const NAMED = [
  "agents",
  "approval_requests",
  "bills",
  "commands",
  "credit_memos",
  "holds",
  "import_batches",
  "mail_batches",
  "mail_messages",
  "outages",
  "payments",
  "refunds",
  "routers",
  "sites",
  "subscribers",
  "subscriptions",
] as const;

/** Whether some people see only a part of what a table holds. */
export function isSeenInPart(table: string): boolean {
  return (NAMED as readonly string[]).includes(table);
}

/** Those ids that are of a thing of the tenant which this transaction, limited to some sites, does not see. */
export async function listHidden(trx: TenantTransaction, ids: readonly string[]): Promise<string[]> {
  const parts = NAMED.map((table) =>
    sql`select p.id from ${sql.id("public", table)} p
      where p.tenant_id = ${trx.tenantId} and p.id = any(${ids}::uuid[]) and not exists (
        select from ${sql.table(table)} seen where seen.tenant_id = p.tenant_id and seen.id = p.id)`
  );
  const { rows } = await sql<{ id: string }>`${sql.join(parts, sql` union all `)}`.execute(trx);
  return rows.map((row) => row.id);
}
