import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Things that a message is about; money and connections are somebody's. */
export type NamedKind = "subscriber" | "plan" | "site" | "router";

/** What a person calls the thing with this id: the subscriber of a connection, bill or payment, the site of an agent. */
export async function findSubjectName(
  trx: TenantTransaction,
  id: string,
): Promise<{ kind: NamedKind; name: string } | null> {
  const tenant = trx.tenantId;
  const ofSubscriber = (table: "subscriptions" | "bills" | "payments") =>
    sql`select 'subscriber' as kind, s.name from ${sql.table(table)} o
      join subscribers s on s.tenant_id = o.tenant_id and s.id = o.subscriber_id
      where o.tenant_id = ${tenant} and o.id = ${id}`;
  const ofOwn = (kind: NamedKind, table: "subscribers" | "plans" | "sites" | "routers") =>
    sql`select ${sql.lit(kind)} as kind, name from ${
      sql.table(table)
    } where tenant_id = ${tenant} and id = ${id}`;
  const { rows } = await sql<{ kind: NamedKind; name: string }>`
    ${ofOwn("subscriber", "subscribers")}
    union all ${ofSubscriber("subscriptions")}
    union all ${ofSubscriber("bills")}
    union all ${ofSubscriber("payments")}
    union all ${ofOwn("plan", "plans")}
    union all ${ofOwn("site", "sites")}
    union all ${ofOwn("router", "routers")}
    union all select 'site' as kind, s.name from agents a join sites s on s.tenant_id = a.tenant_id and s.id = a.site_id
      where a.tenant_id = ${tenant} and a.id = ${id}
    limit 1`.execute(trx);
  return rows[0] ?? null;
}
