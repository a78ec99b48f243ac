import type { Selectable } from "kysely";
import type { AuditChecksTable, AuditHeadsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A signed end of the audit log. */
export type AuditHeadRow = Omit<Selectable<AuditHeadsTable>, "tenant_id">;
/** What a look at the whole log found. */
export type AuditCheckRow = Omit<Selectable<AuditChecksTable>, "tenant_id" | "number">;

const HEAD_COLUMNS = ["signed_on", "sequence", "hash", "signed_at", "public_key", "signature"] as const;
const CHECK_COLUMNS = [
  "id",
  "checked_at",
  "took_ms",
  "entries",
  "problem",
  "problem_sequence",
  "problem_print",
] as const;

/** All of them in the order of their entries; one a day. */
export async function listAuditHeads(trx: TenantTransaction): Promise<AuditHeadRow[]> {
  return await trx.selectFrom("audit_heads").select(HEAD_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .orderBy("sequence").orderBy("signed_on").execute();
}

/** The last one; null before the first night. */
export async function findLastAuditHead(trx: TenantTransaction): Promise<AuditHeadRow | null> {
  return await trx.selectFrom("audit_heads").select(HEAD_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .orderBy("signed_on", "desc").limit(1).executeTakeFirst() ?? null;
}

/** Keeps the end of a day; a second one of the same day is left out. */
export async function insertAuditHead(trx: TenantTransaction, head: AuditHeadRow): Promise<void> {
  await trx.insertInto("audit_heads").values({ ...head, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.doNothing()).execute();
}

/** The last look at the whole log, also where the clock was set back since; null before the first night. */
export async function findLastAuditCheck(trx: TenantTransaction): Promise<AuditCheckRow | null> {
  return await trx.selectFrom("audit_checks").select(CHECK_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .orderBy("number", "desc").limit(1).executeTakeFirst() ?? null;
}

/** Keeps what a look at the whole log found. */
export async function insertAuditCheck(trx: TenantTransaction, check: AuditCheckRow): Promise<void> {
  await trx.insertInto("audit_checks").values({ ...check, tenant_id: trx.tenantId }).execute();
}
