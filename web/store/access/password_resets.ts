import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A link for a new password. */
export interface PasswordResetRow {
  id: string;
  staff_user_id: string;
  /** One of the staff; null: whoever sits at the server, or the person themselves. */
  made_by: string | null;
  /** Asked for at the sign-in page. */
  is_asked: boolean;
  expires_at: Temporal.Instant;
}

/** Where an unused link with this hash belongs; asked before the tenant is known (R10). */
export async function lookupPasswordReset(
  db: Kysely<Database>,
  codeHash: Uint8Array,
): Promise<{ reset_id: string; tenant_id: string } | null> {
  const { rows } = await sql<{ reset_id: string; tenant_id: string }>`
    select reset_id, tenant_id from lookup_password_reset(${codeHash})`.execute(db);
  return rows[0] ?? null;
}

/** Adds a link; the person's earlier ones are worthless. */
export async function replacePasswordReset(
  trx: TenantTransaction,
  reset: PasswordResetRow & { codeHash: Uint8Array; at: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("password_resets").set({ used_at: reset.at })
    .where("tenant_id", "=", trx.tenantId).where("staff_user_id", "=", reset.staff_user_id)
    .where("used_at", "is", null).execute();
  await insertPasswordReset(trx, reset);
}

/** Adds a link beside those that are there. */
export async function insertPasswordReset(
  trx: TenantTransaction,
  reset: PasswordResetRow & { codeHash: Uint8Array; at: Temporal.Instant },
): Promise<void> {
  await trx.insertInto("password_resets").values({
    tenant_id: trx.tenantId,
    id: reset.id,
    code_hash: reset.codeHash,
    staff_user_id: reset.staff_user_id,
    made_by: reset.made_by,
    is_asked: reset.is_asked,
    created_at: reset.at,
    expires_at: reset.expires_at,
  }).execute();
}

/** How many unused links were asked for in their name at the sign-in page since then. */
export async function countAskedResets(
  trx: TenantTransaction,
  staffUserId: string,
  since: Temporal.Instant,
): Promise<number> {
  const { count } = await trx.selectFrom("password_resets").select(sql<number>`count(*)::int`.as("count"))
    .where("tenant_id", "=", trx.tenantId).where("staff_user_id", "=", staffUserId)
    .where("used_at", "is", null).where("is_asked", "=", true).where("created_at", ">", since)
    .executeTakeFirstOrThrow();
  return count;
}

/** A link that was not used; null for every other. */
export async function findPasswordReset(
  trx: TenantTransaction,
  id: string,
): Promise<PasswordResetRow | null> {
  return await trx.selectFrom("password_resets")
    .select(["id", "staff_user_id", "made_by", "is_asked", "expires_at"])
    .where("tenant_id", "=", trx.tenantId).where("id", "=", id).where("used_at", "is", null)
    .executeTakeFirst() ?? null;
}
