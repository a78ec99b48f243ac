import type { AuditEntriesTable } from "@/web/store/db/schema.ts";
import { sql } from "kysely";
import { sendAhead, sendSqlAhead } from "../db/ahead.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** One entry of the audit log as it is stored. */
export interface AuditEntryRow {
  sequence: bigint;
  at: Temporal.Instant;
  business_on: Temporal.PlainDate;
  actor: string;
  /** Null in entries from before there were kinds. */
  actor_kind: AuditEntriesTable["actor_kind"];
  /** Address and request of a person; null in entries from before they were kept. */
  ip: string | null;
  request_id: string | null;
  /** Run or agent of what nobody asked for. */
  run_id: string | null;
  agent_id: string | null;
  staff_user_id: string | null;
  action: string;
  subject_kind: string;
  subject_id: string;
  subscriber_id: string | null;
  summary: string;
  details: unknown;
  /** Random, where the entry is of a subscriber: the hash then tells nothing of words that are erased. @default null */
  salt?: string | null;
  previous_hash: Uint8Array;
  hash: Uint8Array;
}

export const AUDIT_COLUMNS = [
  "tenant_id",
  "sequence",
  "at",
  "business_on",
  "actor",
  "actor_kind",
  "ip",
  "request_id",
  "run_id",
  "agent_id",
  "staff_user_id",
  "action",
  "subject_kind",
  "subject_id",
  "subscriber_id",
  "summary",
  "details",
  "salt",
  "previous_hash",
  "hash",
] as const;

/** Keeps other writers of the tenant's audit chain out until this transaction ends. */
export async function lockAuditChain(trx: TenantTransaction): Promise<void> {
  await sendSqlAhead(trx, sql`select pg_advisory_xact_lock(hashtextextended(${"audit:" + trx.tenantId}, 0))`);
}

/** The end of the chain; null before the first entry. */
export async function findLastAuditEntry(
  trx: TenantTransaction,
): Promise<{ sequence: bigint; hash: Uint8Array } | null> {
  const row = await trx.selectFrom("audit_entries").select(["sequence", "hash"])
    .where("tenant_id", "=", trx.tenantId).orderBy("sequence", "desc").limit(1).executeTakeFirst();
  return row ?? null;
}

/** Parameters of a statement have an end; an entry takes 20. */
const ENTRIES_AT_ONCE = 1000;

/** Adds entries; the caller has locked the chain and computed the hashes. */
export async function insertAuditEntries(
  trx: TenantTransaction,
  entries: readonly AuditEntryRow[],
): Promise<void> {
  for (let first = 0; first < entries.length; first += ENTRIES_AT_ONCE) {
    const insert = trx.insertInto("audit_entries").values(
      entries.slice(first, first + ENTRIES_AT_ONCE).map((entry) => ({
        ...entry,
        tenant_id: trx.tenantId,
        details: JSON.stringify(entry.details),
      })),
    );
    await sendAhead(trx, insert);
  }
}

/** Entries after a sequence number, oldest first; for the check of the chain and for export. */
export async function listAuditEntries(
  trx: TenantTransaction,
  options: { after: bigint; limit: number },
): Promise<AuditEntryRow[]> {
  return await trx.selectFrom("audit_entries").select(AUDIT_COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("sequence", ">", options.after)
    .orderBy("sequence").limit(options.limit).execute();
}

/** How far back a change of the last hours can lie: the chain is read from its end. */
const RECENT = 5000;

/** The last thing that anybody did to a subject lately; null when there is none. */
export async function findLastChange(
  trx: TenantTransaction,
  subjectId: string,
): Promise<Pick<AuditEntryRow, "actor" | "at"> | null> {
  const last = await findLastAuditEntry(trx);
  if (last === null) return null;
  return await trx.selectFrom("audit_entries").select(["actor", "at"])
    .where("tenant_id", "=", trx.tenantId).where("sequence", ">", last.sequence - BigInt(RECENT))
    .where("subject_id", "=", subjectId).orderBy("sequence", "desc").limit(1).executeTakeFirst() ?? null;
}
