import { sql } from "kysely";
import { fold } from "@/shared/text/mod.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * Whom a preview is made with: an account number, else the first name that begins so; with nothing typed whoever was
 * billed last. Null: nobody.
 */
export async function findPreviewSubscriber(trx: TenantTransaction, typed: string): Promise<string | null> {
  const { rows: [row] } = typed === ""
    ? await sql<{ id: string }>`
      select b.subscriber_id as id from bills b where b.tenant_id = ${trx.tenantId} and b.status = 'issued'
      order by b.issued_on desc, b.number desc limit 1`.execute(trx)
    : await sql<{ id: string }>`
      select s.id from subscribers s where s.tenant_id = ${trx.tenantId}
        and (s.account_lower = lower(${typed}) or starts_with(s.name_folded, ${fold(typed)}))
      order by s.account_lower = lower(${typed}) desc, s.name_sort, s.id limit 1`.execute(trx);
  return row?.id ?? null;
}

/** The newest thing of each kind that a mail to a subscriber could be about. */
export interface PreviewSubject {
  /** An open one where there is one. */
  bill_id: string | null;
  payment_id: string | null;
  memo_id: string | null;
  subscription_id: string | null;
  due_on: Temporal.PlainDate | null;
  grace_days: number | null;
}

export async function findPreviewSubject(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<PreviewSubject> {
  const { rows: [row] } = await sql<PreviewSubject>`
    select b.id as bill_id, b.due_on, b.grace_days,
      (select p.id from payments p where p.tenant_id = ${trx.tenantId} and p.subscriber_id = ${subscriberId}
        and p.status = 'posted' order by p.recorded_at desc, p.id desc limit 1) as payment_id,
      (select m.id from credit_memos m where m.tenant_id = ${trx.tenantId} and m.subscriber_id = ${subscriberId}
        and m.voided_at is null order by m.id desc limit 1) as memo_id,
      (select c.id from subscriptions c where c.tenant_id = ${trx.tenantId} and c.subscriber_id = ${subscriberId}
        order by c.status = 'cancelled', c.id limit 1) as subscription_id
    from (select 1) one left join lateral (
      select b.id, b.due_on, b.grace_days from bills b where b.tenant_id = ${trx.tenantId}
        and b.subscriber_id = ${subscriberId} and b.status = 'issued'
      order by b.paid_centavos < b.total_centavos desc, b.issued_on desc, b.id desc limit 1) b on true`
    .execute(trx);
  if (row === undefined) throw new Error("Cannot read what a preview is about: no row");
  return row;
}
