import { sql } from "kysely";
import type { SkipReason } from "@/web/domain/mail/types.ts";
import { uuidArray } from "../billing/bill_run.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { billsUnwritten } from "./unwritten.ts";
import { isAboutBill, skipReason, WITH_MAIL_RULES } from "./messages.ts";

/** Why a bill is not mailed by hand with many; null: it is. */
export type NotMailed = SkipReason | "paid" | "silent" | "waits" | "mailed";

/** What became of a bill's mail so far, as the best of its messages says. */
export const BEFORE = ["never", "skipped", "failed", "mailed"] as const;
export type Before = (typeof BEFORE)[number];

/** A bill that a person wants mailed. */
export interface MailableBill {
  id: string;
  subscriber_id: string;
  before: Before;
  /** Of the message of its issue; null: there is none. */
  first_state: string | null;
  reason: NotMailed | null;
}

/** Whether each of these bills is mailed now. One that was mailed before is not, unless a person says so. */
export async function listMailable(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<MailableBill[]> {
  const { rows } = await sql<MailableBill>`
    with seen as materialized (
      select m.bill_id, bool_or(m.state = 'queued') as waits, bool_or(m.state = 'sent') as went,
        bool_or(m.state in ('failed', 'refused')) as failed, bool_or(m.state = 'skipped') as skipped,
        max(m.state) filter (where m.dedupe_key = 'bill_issued:' || m.bill_id::text) as first_state
      from bills b join mail_messages m on ${isAboutBill(sql`b`)} and m.occasion = 'bill_issued'
      where b.tenant_id = ${trx.tenantId} and b.id = any(${uuidArray(billIds)}::uuid[])
      group by m.bill_id)
    select b.id, b.subscriber_id, seen.first_state,
      case when seen.went then 'mailed' when seen.failed then 'failed' when seen.skipped then 'skipped' else 'never' end
        as before,
      case
        when b.status <> 'issued' then 'bill_void'
        when b.paid_centavos >= b.total_centavos then 'paid'
        when b.disputed_centavos > 0 then 'bill_disputed'
        when 'bill_issued' = any(coalesce(settings.silent_occasions, '{}')) then 'silent'
        when seen.waits or seen.first_state is null and b.id in ${billsUnwritten(trx.tenantId)} then 'waits'
        when bar.reason is not null then bar.reason
        when seen.went then 'mailed' end as reason
    from unnest(${uuidArray(billIds)}::uuid[]) with ordinality as w(id, place)
    join bills b on b.tenant_id = ${trx.tenantId} and b.id = w.id
    join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id ${WITH_MAIL_RULES}
    cross join lateral (select ${skipReason(sql`'bill_issued'`)} as reason) bar
    left join seen on seen.bill_id = b.id
    where b.status <> 'draft' order by w.place`.execute(trx);
  return rows;
}

/** Queues what was skipped of these bills after all, to the addresses of now. @returns ids of the messages */
export async function updateSkippedBills(
  trx: TenantTransaction,
  billIds: readonly string[],
  at: Temporal.Instant,
): Promise<string[]> {
  if (billIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    update mail_messages m set state = 'queued', reason = null, address = s.email, next_attempt_at = ${at},
      attempts = 0, expires_at = null, server_words = null
    from unnest(${uuidArray(billIds)}::uuid[]) as w(bill_id), subscribers s
    where m.tenant_id = ${trx.tenantId} and m.channel = 'email'
      and m.dedupe_key = 'bill_issued:' || w.bill_id::text and m.state = 'skipped'
      and s.tenant_id = m.tenant_id and s.id = m.subscriber_id
    returning m.id`.execute(trx);
  return rows.map(({ id }) => id);
}
