import { sql } from "kysely";
import type { Occasion } from "@/web/domain/mail/types.ts";
import { type MailBar, skipReason, WITH_MAIL_RULES } from "./messages.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Why a message to a subscriber would be skipped if it were queued now; null: it would be sent. */
export async function findSkipReason(
  trx: TenantTransaction,
  { subscriberId, occasion }: { subscriberId: string; occasion: Occasion },
): Promise<MailBar | "silent" | null> {
  const { rows } = await sql<{ reason: MailBar | "silent" | null }>`
    select case when ${occasion} = any(coalesce(settings.silent_occasions, '{}')) then 'silent'
      else ${skipReason(sql`${occasion}::text`)} end as reason
    from subscribers s ${WITH_MAIL_RULES}
    where s.tenant_id = ${trx.tenantId} and s.id = ${subscriberId}`.execute(trx);
  return rows[0]?.reason ?? null;
}

/** Queues a skipped message after all, to the address of now: it was never sent, so it stays the one of its occasion. */
export async function updateMailQueued(
  trx: TenantTransaction,
  id: string,
  at: Temporal.Instant,
): Promise<void> {
  await sql`
    update mail_messages m set state = 'queued', reason = null, address = s.email, queued_at = ${at},
      next_attempt_at = ${at},
      attempts = 0, expires_at = null, server_words = null
    from subscribers s where m.tenant_id = ${trx.tenantId} and m.id = ${id} and m.state = 'skipped'
      and s.tenant_id = m.tenant_id and s.id = m.subscriber_id`.execute(trx);
}
