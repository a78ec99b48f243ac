import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What somebody has to pay on a due date. */
export interface DueBills {
  subscriber_id: string;
  due_on: Temporal.PlainDate;
  /** The oldest first. */
  bill_ids: string[];
}

/**
 * What is owed on due dates, one row for a subscriber and date. Left out is what nobody is to be reminded of: bills that are
 * paid, void or disputed, debts of an import that nobody has included, those of services that have ended, and bills of
 * today, which are mailed themselves.
 */
export async function listDueBills(
  trx: TenantTransaction,
  dueDates: readonly Temporal.PlainDate[],
  today: Temporal.PlainDate,
): Promise<DueBills[]> {
  if (dueDates.length === 0) return [];
  const { rows } = await sql<DueBills>`
    select b.subscriber_id, b.due_on, array_agg(b.id::text order by b.id) as bill_ids
    from bills b join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
    where b.tenant_id = ${trx.tenantId} and b.status = 'issued' and b.paid_centavos < b.total_centavos
      and b.due_on = any(${dueDates.map(String)}::date[]) and b.issued_on < ${today}
      and b.disputed_centavos = 0 and not b.is_imported and c.status <> 'cancelled'
    group by b.subscriber_id, b.due_on order by b.subscriber_id, b.due_on`.execute(trx);
  return rows;
}

/** Whether mail goes anywhere at all. */
export async function hasMailServer(trx: TenantTransaction): Promise<boolean> {
  const row = await trx.selectFrom("mail_servers").select("tenant_id").where("tenant_id", "=", trx.tenantId)
    .executeTakeFirst();
  return row !== undefined;
}
