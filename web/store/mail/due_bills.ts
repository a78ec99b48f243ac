import { type RawBuilder, sql } from "kysely";
import type { SkipReason } from "@/web/domain/mail/types.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What somebody has to pay on a due date. */
export interface DueBills {
  subscriber_id: string;
  due_on: Temporal.PlainDate;
  /** The oldest first. */
  bill_ids: string[];
}

/** Why nobody is reminded of a bill, whatever its subscriber wants. */
export type NotDunned =
  | Extract<SkipReason, "bill_void" | "bill_disputed">
  | "paid"
  | "imported"
  | "service_ended";

/**
 * Why nobody is reminded of bill `b` of connection `c`, by the ladder or by hand; null: nothing is against it. A bill of which
 * a part is disputed is left alone until that is decided, a debt of an import until a person includes it.
 */
export const NOT_DUNNED: RawBuilder<NotDunned | null> = sql`(case
      when b.status <> 'issued' then 'bill_void'
      when b.paid_centavos >= b.total_centavos then 'paid'
      when b.disputed_centavos > 0 then 'bill_disputed'
      when b.is_imported then 'imported'
      when c.status = 'cancelled' then 'service_ended' end)`;

/**
 * What is owed on due dates, one row for a subscriber and date. Left out is what nobody is to be reminded of, and bills of
 * today, which are mailed themselves. What is open is asked for twice: an index knows it.
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
      and ${NOT_DUNNED} is null
    group by b.subscriber_id, b.due_on order by b.subscriber_id, b.due_on`.execute(trx);
  return rows;
}

/** Whether mail goes anywhere at all. */
export async function hasMailServer(trx: TenantTransaction): Promise<boolean> {
  const row = await trx.selectFrom("mail_servers").select("tenant_id").where("tenant_id", "=", trx.tenantId)
    .executeTakeFirst();
  return row !== undefined;
}
