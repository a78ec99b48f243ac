import { sql } from "kysely";
import { STAFF_PRIORITY, type StaffOccasion } from "@/web/domain/mail/staff.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { Queueing } from "./messages.ts";

/** A message to one of the company's people, or to who is to be one. */
export interface NewStaffMessage {
  id: string;
  occasion: StaffOccasion;
  /** Names the occasion: a second one is not written. */
  dedupeKey: string;
  staffUserId: string | null;
  name: string;
  address: string;
  facts: Record<string, unknown>;
  /** Path of its button, sealed for this row; null: it opens no door. */
  pathSealed: string | null;
}

/** Adds it to what waits to be sent. */
export async function insertStaffMessage(
  trx: TenantTransaction,
  message: NewStaffMessage,
  { at, businessOn, by }: Queueing,
): Promise<void> {
  await trx.insertInto("mail_messages").values({
    tenant_id: trx.tenantId,
    id: message.id,
    occasion: message.occasion,
    dedupe_key: message.dedupeKey,
    priority: STAFF_PRIORITY[message.occasion],
    subscriber_id: null,
    staff_user_id: message.staffUserId,
    to_name: message.name,
    path_sealed: message.pathSealed,
    facts: JSON.stringify(message.facts),
    state: "queued",
    address: message.address,
    next_attempt_at: at,
    created_at: at,
    created_on: businessOn,
    created_by: by,
  }).onConflict((conflict) => conflict.columns(["tenant_id", "channel", "dedupe_key"]).doNothing()).execute();
}

/** Ends what waits to say something that is not so any more; what is being handed over has its own end. */
export async function skipStaffMessages(trx: TenantTransaction, about: string): Promise<void> {
  await sql`update mail_messages set state = 'skipped', reason = 'no_longer_true'
    where tenant_id = ${trx.tenantId} and subscriber_id is null and state = 'queued' and data_begun_at is null
      and facts->>'about' = ${about}`.execute(trx);
}
