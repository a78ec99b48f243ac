import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What one staff member likes, by name; values are parsed where they are read. */
export type Preferences = Readonly<Record<string, unknown>>;

/** Keeps one preference; null forgets it. */
export async function savePreference(
  trx: TenantTransaction,
  preference: { staffUserId: string; name: string; value: unknown; at: Temporal.Instant },
): Promise<void> {
  const { staffUserId, name, value, at } = preference;
  if (value === null) {
    await trx.deleteFrom("staff_preferences").where("tenant_id", "=", trx.tenantId)
      .where("staff_user_id", "=", staffUserId).where("name", "=", name).execute();
    return;
  }
  const json = JSON.stringify(value);
  await trx.insertInto("staff_preferences")
    .values({ tenant_id: trx.tenantId, staff_user_id: staffUserId, name, value: json, changed_at: at })
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "staff_user_id", "name"]).doUpdateSet({ value: json, changed_at: at })
    ).execute();
}

/** One preference of a staff member; undefined when it was never kept. */
export async function findPreference(
  trx: TenantTransaction,
  staffUserId: string,
  name: string,
): Promise<unknown> {
  const row = await trx.selectFrom("staff_preferences").select("value").where("tenant_id", "=", trx.tenantId)
    .where("staff_user_id", "=", staffUserId).where("name", "=", name).executeTakeFirst();
  return row?.value;
}
