import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A single-use code; only the hash of its secret is kept. */
export interface EnrolmentCodeRow {
  id: string;
  code_id: string;
  secret_hash: Uint8Array;
  site_id: string;
  expires_at: Temporal.Instant;
  used_at: Temporal.Instant | null;
  voided_at: Temporal.Instant | null;
  wrong_tries: number;
}

/** Which code a typed code id names, before the tenant is known (decision R10). */
export async function lookupEnrolmentCode(
  db: Kysely<Database>,
  codeId: string,
): Promise<{ enrolmentCodeId: string; tenantId: string } | null> {
  const { rows } = await sql<{ enrolment_code_id: string; tenant_id: string }>`
    select enrolment_code_id, tenant_id from lookup_enrolment_code(${codeId})`.execute(db);
  const row = rows[0];
  return row ? { enrolmentCodeId: row.enrolment_code_id, tenantId: row.tenant_id } : null;
}

export async function insertEnrolmentCode(
  trx: TenantTransaction,
  code: Pick<EnrolmentCodeRow, "id" | "code_id" | "secret_hash" | "site_id" | "expires_at"> & {
    created_by: string | null;
    created_at: Temporal.Instant;
  },
): Promise<void> {
  await trx.insertInto("enrolment_codes").values({
    ...code,
    secret_hash: Buffer.from(code.secret_hash),
    tenant_id: trx.tenantId,
    used_at: null,
    voided_at: null,
  }).execute();
}

/** Voids the codes of a site that were not used: only the newest one works. */
export async function voidOpenCodes(
  trx: TenantTransaction,
  siteId: string,
  now: Temporal.Instant,
): Promise<void> {
  await trx.updateTable("enrolment_codes").set({ voided_at: now })
    .where("tenant_id", "=", trx.tenantId).where("site_id", "=", siteId)
    .where("used_at", "is", null).where("voided_at", "is", null).execute();
}

export async function lockEnrolmentCode(
  trx: TenantTransaction,
  id: string,
): Promise<EnrolmentCodeRow | null> {
  return await trx.selectFrom("enrolment_codes")
    .select([
      "id",
      "code_id",
      "secret_hash",
      "site_id",
      "expires_at",
      "used_at",
      "voided_at",
      "wrong_tries",
    ])
    .where("tenant_id", "=", trx.tenantId).where("id", "=", id).forUpdate().executeTakeFirst() ?? null;
}

/** Uses the code up; false when it was used, voided or has expired. */
export async function consumeEnrolmentCode(
  trx: TenantTransaction,
  id: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const used = await trx.updateTable("enrolment_codes").set({ used_at: now })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", id)
    .where("used_at", "is", null).where("voided_at", "is", null).where("expires_at", ">", now)
    .returning("id").executeTakeFirst();
  return used !== undefined;
}

/** Counts a wrong secret; the try that reaches `most` voids the code. @returns whether it is void now */
export async function countWrongTry(
  trx: TenantTransaction,
  id: string,
  limits: { most: number; now: Temporal.Instant },
): Promise<boolean> {
  const { rows } = await sql<{ is_void: boolean }>`
    update enrolment_codes set wrong_tries = wrong_tries + 1,
      voided_at = case when wrong_tries + 1 >= ${limits.most} then coalesce(voided_at, ${limits.now}) else voided_at end
    where tenant_id = ${trx.tenantId} and id = ${id}
    returning voided_at is not null as is_void`.execute(trx);
  return rows[0]?.is_void ?? true;
}
