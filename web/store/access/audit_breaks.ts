import type { Selectable } from "kysely";
import type { AuditKnownBreaksTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A place at which the audit log is broken, and who knows why. */
export interface KnownBreak
  extends Pick<Selectable<AuditKnownBreaksTable>, "problem" | "print" | "note" | "known_by" | "known_at"> {
  /** Number of the entry. */
  at: bigint;
}

/** All of them, in the order of their entries. */
export async function listKnownBreaks(trx: TenantTransaction): Promise<KnownBreak[]> {
  return await trx.selectFrom("audit_known_breaks")
    .select(["problem", "sequence as at", "print", "note", "known_by", "known_at"])
    .where("tenant_id", "=", trx.tenantId).orderBy("sequence").orderBy("known_at").execute();
}

/** @returns whether it was not known yet */
export async function insertKnownBreak(
  trx: TenantTransaction,
  { at, ...known }: KnownBreak,
): Promise<boolean> {
  const inserted = await trx.insertInto("audit_known_breaks")
    .values({ ...known, sequence: at, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.doNothing()).returning("sequence").executeTakeFirst();
  return inserted !== undefined;
}
