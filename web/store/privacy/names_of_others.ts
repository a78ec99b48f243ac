import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * What names anybody and anything else here, and has a word of somebody as a whole or within: fields of other subscribers,
 * of staff, of the company and of its sites, routers and plans, and PPP users of others.
 *
 * @param words what is looked for, a pattern of PostgreSQL's
 */
export async function listNamesOfOthers(
  trx: TenantTransaction,
  { subscriberId, words }: { subscriberId: string; words: string },
): Promise<string[]> {
  const tenant = sql`tenant_id = ${trx.tenantId}`;
  const { rows } = await sql<{ text: string }>`
    select distinct f.text collate "C" as text from (
      select unnest(array[name, phone, email, address, barangay, city]) as text from subscribers
        where ${tenant} and id <> ${subscriberId} and erased_at is null
      union all select ppp_name from subscriptions where ${tenant} and subscriber_id <> ${subscriberId}
      union all select unnest(array[u.name, u.email]) from staff_memberships m
        join staff_users u on u.id = m.staff_user_id where m.tenant_id = ${trx.tenantId}
      union all select name from sites where ${tenant}
      union all select name from routers where ${tenant}
      union all select name from plans where ${tenant}
      union all select unnest(array[name, registered_name, phone, email, address]) from tenants
        where id = ${trx.tenantId}) f
    where f.text ~* ${words} order by 1`.execute(trx);
  return rows.map(({ text }) => text);
}
