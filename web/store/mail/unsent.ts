import { type RawBuilder, sql } from "kysely";
import { REMINDING, type SkipReason } from "@/web/domain/mail/types.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { OLD_DAYS } from "@/web/domain/mail/limits.ts";

/** Why a mail that was skipped for want of a server is not sent later; null: it is. */
export type NotSentLater = SkipReason | "late_reminder" | "silent" | "sent_since";

/** A mail that was skipped because no server was set. */
export interface UnsentMail {
  id: string;
  /** Business date. */
  created_on: Temporal.PlainDate;
  reason: NotSentLater | null;
}

/** When it is looked. */
export interface UnsentMoment {
  /** Real time. */
  now: Temporal.Instant;
  /** Business date. */
  today: Temporal.PlainDate;
}

/**
 * Of mails `m`: skipped for want of a server, and not so long ago that they would be a riddle. What staff was to be told is
 * not among them: the link in it is forgotten.
 */
function unsent(trx: TenantTransaction, { now, today }: UnsentMoment): RawBuilder<unknown> {
  return sql`m.tenant_id = ${trx.tenantId} and m.state = 'skipped' and m.reason = 'no_server'
    and m.subscriber_id is not null
    and m.created_on >= ${today.subtract({ days: OLD_DAYS + 1 })}
    and m.created_at >= ${now.subtract({ hours: 24 * OLD_DAYS })}::timestamptz`;
}

const IS_REMINDING = sql`m.occasion = any(${[...REMINDING]}::text[])`;
const IS_PAID =
  sql`(m.occasion = 'bill_issued' and exists (select from bills b where b.tenant_id = m.tenant_id
  and b.id = m.bill_id and b.status = 'issued' and b.paid_centavos >= b.total_centavos offset 0))`;

/** How many there are that may be worth sending. */
export async function countUnsent(trx: TenantTransaction, moment: UnsentMoment): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from mail_messages m
    where ${unsent(trx, moment)} and not ${IS_REMINDING} and not ${IS_PAID}`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** These mails, the oldest first, and what of their own speaks against each; what the books say of them is asked apart. */
export async function listUnsent(
  trx: TenantTransaction,
  moment: UnsentMoment,
  most: number,
): Promise<UnsentMail[]> {
  const { rows } = await sql<UnsentMail>`
    select m.id, m.created_on, case
      when ${IS_REMINDING} then 'late_reminder'
      when m.occasion = any(coalesce(settings.silent_occasions, '{}')) then 'silent'
      when ${IS_PAID} then 'paid_meanwhile'
      when exists (select from mail_messages later where later.tenant_id = m.tenant_id
        and later.subscriber_id = m.subscriber_id and later.occasion = m.occasion and later.id > m.id
        and later.bill_id is not distinct from m.bill_id and later.payment_id is not distinct from m.payment_id
        and later.memo_id is not distinct from m.memo_id
        and later.subscription_id is not distinct from m.subscription_id offset 0) then 'sent_since' end as reason
    from mail_messages m left join reminder_settings settings on settings.tenant_id = m.tenant_id
    where ${unsent(trx, moment)} order by m.id limit ${most}`.execute(trx);
  return rows;
}

/** Queues mails that were never sent, to the addresses of now; the others say from now on why they are not. */
export async function updateUnsent(
  trx: TenantTransaction,
  mails: readonly Pick<UnsentMail, "id" | "reason">[],
  at: Temporal.Instant,
): Promise<void> {
  await sql`
    update mail_messages m set state = case when r.reason is null then 'queued' else 'skipped' end, reason = r.reason,
      address = case when r.reason is null then s.email else m.address end, next_attempt_at = ${at}::timestamptz,
      queued_at = case when r.reason is null then ${at}::timestamptz end, attempts = 0, expires_at = null, server_words = null
    from jsonb_to_recordset(${
    toRecordset(mails.map(({ id, reason }) => ({ id, reason })))
  }::jsonb) as r(id uuid, reason text)
      join mail_messages old on old.tenant_id = ${trx.tenantId} and old.id = r.id
      join subscribers s on s.tenant_id = old.tenant_id and s.id = old.subscriber_id
    where m.tenant_id = ${trx.tenantId} and m.id = old.id and coalesce(m.state = 'skipped' and m.reason = 'no_server', false)`
    .execute(trx);
}
