import type { Selectable } from "kysely";
import type { AuditRedactionsTable } from "../db/schema.ts";
import { AUDIT_COLUMNS, type AuditEntryRow } from "../access/audit.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { sql } from "kysely";

const REDACTION_COLUMNS = [
  "tenant_id",
  "sequence",
  "erasure_id",
  "original_hash",
  "content_hash",
] as const;

/** An entry of the audit log whose words an erasure has changed. */
export type RedactionRow = Selectable<AuditRedactionsTable>;

/** Who did it stays, also when a subscriber is called as they are: only an actor who is or may be one is looked at. */
export const IS_NOT_STAFF = sql`coalesce(actor_kind, 'subscriber') = 'subscriber'`;

/** Rows of one statement: parameters have an end. */
const ROWS_AT_ONCE = 5_000;

/** What these erasures changed among some entries, by their numbers. */
export async function listRedactions(
  trx: TenantTransaction,
  { after, last, erasures }: { after: bigint; last: bigint; erasures: readonly string[] },
): Promise<RedactionRow[]> {
  return await trx.selectFrom("audit_redactions").select(REDACTION_COLUMNS).where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("sequence", ">", after).where("sequence", "<=", last)
    .where(sql<boolean>`erasure_id = any(${[...erasures]}::uuid[])`).execute();
}

/** What one erasure changed, in the order of the entries. */
export async function listRedactionsOf(trx: TenantTransaction, erasureId: string): Promise<RedactionRow[]> {
  return await trx.selectFrom("audit_redactions").select(REDACTION_COLUMNS).where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("erasure_id", "=", erasureId).orderBy("sequence").execute();
}

/**
 * Entries that may hold a person's words, in their order: their own, those that the steps of an erasure have found, and of
 * those that came since the last step all that name them. The chain is locked, so that no more come.
 *
 * @param wide what is looked for in entries of others; null: nothing. A pattern of PostgreSQL's
 */
export async function listEntriesNaming(
  trx: TenantTransaction,
  { erasureId, subscriberId, wide }: { erasureId: string; subscriberId: string; wide: string | null },
): Promise<AuditEntryRow[]> {
  const read = () =>
    trx.selectFrom("audit_entries").select(AUDIT_COLUMNS).where("tenant_id", "=", trx.tenantId);
  const found = await read().where("subscriber_id", "=", subscriberId).execute();
  if (wide !== null) {
    const step = sql`from erasures where tenant_id = ${trx.tenantId} and id = ${erasureId}`;
    const remembered = await read().where(
      sql<boolean>`sequence in (select unnest(entries_found) ${step})`,
    ).execute();
    const since = await read().where(sql<boolean>`sequence > (select entries_looked ${step})`)
      .where(sql<boolean>`subscriber_id is distinct from ${subscriberId}::uuid`)
      .where(
        sql<
          boolean
        >`(summary ~* ${wide} or details::text ~* ${wide} or ${IS_NOT_STAFF} and actor ~* ${wide})`,
      ).execute();
    found.push(...remembered, ...since);
  }
  return found.sort((a, b) => a.sequence < b.sequence ? -1 : 1);
}

/** An entry as it is without the words. */
export type RedactedEntry = AuditEntryRow & { content_hash: Uint8Array };

/** Writes down what is changed, then changes it: nothing else may, and no entry that is not written down. */
export async function redactEntries(
  trx: TenantTransaction,
  erasureId: string,
  entries: readonly RedactedEntry[],
): Promise<void> {
  for (let first = 0; first < entries.length; first += ROWS_AT_ONCE) {
    const some = entries.slice(first, first + ROWS_AT_ONCE);
    await trx.insertInto("audit_redactions").values(some.map((entry) => ({
      tenant_id: trx.tenantId,
      sequence: entry.sequence,
      erasure_id: erasureId,
      original_hash: entry.hash,
      content_hash: entry.content_hash,
    }))).execute();
    await sql`select erase_audit_words(${erasureId}::uuid, ${
      some.map(({ sequence }) => sequence.toString())
    }::bigint[],
      ${some.map(({ actor }) => actor)}::text[], ${some.map(({ summary }) => summary)}::text[],
      ${some.map(({ details }) => JSON.stringify(details))}::text[])`.execute(trx);
  }
}
