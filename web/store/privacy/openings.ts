import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Somebody opened the record of somebody. */
export interface Opening {
  subscriberId: string;
  staffUserId: string;
  sessionId: string;
  at: Temporal.Instant;
}

/** Openings of one person within so long are one. */
export const SLOT_MINUTES = 15;

/** The quarter of an hour that a moment is in. */
export function slotOf(at: Temporal.Instant): number {
  return Math.floor(at.epochMilliseconds / (SLOT_MINUTES * 60_000));
}

/** Adds openings; those that are known already stay as they are. Of people who are not here there is nothing to add. */
export async function insertOpenings(trx: TenantTransaction, openings: readonly Opening[]): Promise<void> {
  await trx.insertInto("record_openings").values(
    openings.map(({ subscriberId, staffUserId, sessionId, at }) => ({
      tenant_id: trx.tenantId,
      subscriber_id: subscriberId,
      staff_user_id: staffUserId,
      slot: BigInt(slotOf(at)),
      session_id: sessionId,
      opened_at: at,
    })),
  ).onConflict((conflict) => conflict.doNothing()).execute();
}

/** One line of who opened a record. */
export interface OpeningRow {
  opened_at: Temporal.Instant;
  staff_user_id: string;
  name: string | null;
  session_id: string;
}

/** Who opened the record of a subscriber, the newest first. */
export async function listOpenings(
  trx: TenantTransaction,
  subscriberId: string,
  { limit }: { limit: number },
): Promise<OpeningRow[]> {
  const { rows } = await sql<OpeningRow>`
    select o.opened_at, o.staff_user_id, u.name, o.session_id from record_openings o
    left join staff_users u on u.id = o.staff_user_id
    where o.tenant_id = ${trx.tenantId} and o.subscriber_id = ${subscriberId}
    order by o.opened_at desc limit ${limit}`.execute(trx);
  return rows;
}

/** Deletes a batch of openings that are older. */
export async function deleteOldOpenings(
  trx: TenantTransaction,
  { before, most }: { before: Temporal.Instant; most: number },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (delete from record_openings where tenant_id = ${trx.tenantId} and ctid in (
      select ctid from record_openings where tenant_id = ${trx.tenantId} and opened_at < ${before}
      order by opened_at limit ${most}) returning 1) select count(*)::int as count from gone`.execute(trx);
  return rows[0]?.count ?? 0;
}

/**
 * Takes address and subject out of a batch of mails that are older; that they went out, when and about what stays. A mail
 * to staff keeps its address: it is all that says whom it was to.
 */
export async function clearOldMails(
  trx: TenantTransaction,
  { before, most }: { before: Temporal.Instant; most: number },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (update mail_messages set address = case when subscriber_id is null then address end, subject = null, server_words = null
      where tenant_id = ${trx.tenantId} and id in (select id from mail_messages where tenant_id = ${trx.tenantId}
        and created_on < (${before}::timestamptz)::date and state <> 'queued'
        and (address is not null and subscriber_id is not null or subject is not null or server_words is not null) limit ${most}) returning 1)
    select count(*)::int as count from gone`.execute(trx);
  return rows[0]?.count ?? 0;
}
