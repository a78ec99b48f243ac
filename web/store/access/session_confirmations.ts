import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * Counts a try to confirm a session before it is looked at, so that tries at the same time cannot pass the limit together.
 *
 * @returns how many there were since the last one that was right; null for a session that is over
 */
export async function countConfirmTry(trx: TenantTransaction, sessionId: string): Promise<number | null> {
  const counted = await trx.updateTable("sessions")
    .set({ confirm_failures: sql<number>`confirm_failures + 1` })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", sessionId).where("ended_at", "is", null)
    .returning("confirm_failures").executeTakeFirst();
  return counted?.confirm_failures ?? null;
}

/** @returns whether the session is still open: an ended one is not opened again by a password that was right */
export async function confirmSession(
  trx: TenantTransaction,
  sessionId: string,
  at: Temporal.Instant,
): Promise<boolean> {
  const confirmed = await trx.updateTable("sessions").set({ confirmed_at: at, confirm_failures: 0 })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", sessionId).where("ended_at", "is", null)
    .returning("id").executeTakeFirst();
  return confirmed !== undefined;
}
