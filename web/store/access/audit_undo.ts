import { AUDIT_COLUMNS } from "@/web/store/access/audit.ts";
import { sql } from "kysely";
import type { AuditEntryRow } from "./audit.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** One entry by its number. */
export async function findAuditEntry(
  trx: TenantTransaction,
  sequence: bigint,
): Promise<AuditEntryRow | null> {
  return await trx.selectFrom("audit_entries").select(AUDIT_COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("sequence", "=", sequence).executeTakeFirst() ?? null;
}

/** What happened to a subject after an entry, oldest first. */
export async function listLaterEntries(
  trx: TenantTransaction,
  entry: Pick<AuditEntryRow, "sequence" | "subject_kind" | "subject_id">,
): Promise<AuditEntryRow[]> {
  return await trx.selectFrom("audit_entries").select(AUDIT_COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("sequence", ">", entry.sequence)
    .where("subject_kind", "=", entry.subject_kind).where("subject_id", "=", entry.subject_id)
    .orderBy("sequence").execute();
}

/** Entries of the rows that an action on many changed: written in one piece, right before the entry of the whole. */
export async function listRowEntries(
  trx: TenantTransaction,
  whole: Pick<AuditEntryRow, "sequence">,
  count: number,
): Promise<Pick<AuditEntryRow, "subject_id" | "subscriber_id" | "details">[]> {
  return await trx.selectFrom("audit_entries").select(["subject_id", "subscriber_id", "details"])
    .where("tenant_id", "=", trx.tenantId).where("subject_kind", "=", "subscription")
    .where("sequence", ">=", whole.sequence - BigInt(count)).where("sequence", "<", whole.sequence)
    .orderBy("sequence").execute();
}

/** How many of these connections something has happened to after an entry. */
export async function countTouchedSince(
  trx: TenantTransaction,
  sequence: bigint,
  subscriptionIds: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ touched: number }>`
    select count(distinct subject_id)::int as touched from audit_entries
    where tenant_id = ${trx.tenantId} and sequence > ${sequence} and subject_kind = 'subscription'
      and subject_id = any(${[...subscriptionIds]})`.execute(trx);
  return rows[0]?.touched ?? 0;
}

/** How far back an entry of the last seconds can lie: the chain is read from its end. */
const RECENT = 5000;

/** The last thing that a person did to a subject since an instant; null when there is none. */
export async function findLastEntryOf(
  trx: TenantTransaction,
  wanted: { staffUserId: string; subjectId: string; since: Temporal.Instant },
): Promise<AuditEntryRow | null> {
  return await trx.selectFrom("audit_entries").select(AUDIT_COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("subject_id", "=", wanted.subjectId)
    .where("staff_user_id", "=", wanted.staffUserId)
    .where(
      "sequence",
      ">",
      sql<
        bigint
      >`(select coalesce(max(sequence), 0) - ${RECENT} from audit_entries where tenant_id = ${trx.tenantId})`,
    )
    .where("at", ">=", wanted.since).orderBy("sequence", "desc").limit(1).executeTakeFirst() ?? null;
}
