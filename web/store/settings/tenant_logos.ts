import type { LogoType } from "@/web/domain/settings/mod.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A logo as it is sent to browsers. */
export interface StoredLogo {
  type: LogoType;
  bytes: Uint8Array;
  changed_at: Temporal.Instant;
}

/** The logo; null when there is none. */
export async function findLogo(trx: TenantTransaction): Promise<StoredLogo | null> {
  return await trx.selectFrom("tenant_logos").select(["type", "bytes", "changed_at"])
    .where("tenant_id", "=", trx.tenantId).executeTakeFirst() ?? null;
}

/** The logo as it goes with statements and mails; null when there is none. */
export async function findSmallLogo(trx: TenantTransaction): Promise<StoredLogo | null> {
  return await trx.selectFrom("tenant_logos")
    .select((eb) => ["type", eb.fn.coalesce("small_bytes", "bytes").as("bytes"), "changed_at"])
    .where("tenant_id", "=", trx.tenantId).executeTakeFirst() ?? null;
}

/** When the logo was put there; null when there is none. */
export async function findLogoDate(trx: TenantTransaction): Promise<Temporal.Instant | null> {
  const row = await trx.selectFrom("tenant_logos").select("changed_at").where("tenant_id", "=", trx.tenantId)
    .executeTakeFirst();
  return row?.changed_at ?? null;
}

/** Puts a logo in the place of the old one, with what of it travels; null: all of it. */
export async function upsertLogo(
  trx: TenantTransaction,
  logo: StoredLogo,
  small: Uint8Array | null = null,
): Promise<void> {
  const row = { ...logo, small_bytes: small };
  await trx.insertInto("tenant_logos").values({ ...row, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(row)).execute();
}

/** Takes the logo away. */
export async function deleteLogo(trx: TenantTransaction): Promise<void> {
  await trx.deleteFrom("tenant_logos").where("tenant_id", "=", trx.tenantId).execute();
}
