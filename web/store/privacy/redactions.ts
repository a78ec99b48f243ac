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

/** Rows of one statement: parameters have an end. */
const ROWS_AT_ONCE = 5_000;
/** Entries that one statement looks for words in: of half a million at once it runs into the time that it has. */
const LOOKED_AT_ONCE = 20_000n;

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
 * Entries that may hold a person's words: their own, and others that name them. Those that are there when the chain is
 * locked; the pattern is one of PostgreSQL's.
 *
 * @param isWide whether others are looked at
 */
export async function listEntriesNaming(
  trx: TenantTransaction,
  { subscriberId, words, isWide }: { subscriberId: string; words: string; isWide: boolean },
): Promise<AuditEntryRow[]> {
  const read = () =>
    trx.selectFrom("audit_entries").select(AUDIT_COLUMNS).where("tenant_id", "=", trx.tenantId).orderBy(
      "sequence",
    );
  const found = await read().where("subscriber_id", "=", subscriberId).execute();
  if (!isWide) return found;
  const { rows: [{ last } = { last: null }] } = await sql<{ last: bigint | null }>`
    select max(sequence) as last from audit_entries where tenant_id = ${trx.tenantId}`.execute(trx);
  for (let after = 0n; after < (last ?? 0n); after += LOOKED_AT_ONCE) {
    const some = await read().where("sequence", ">", after).where("sequence", "<=", after + LOOKED_AT_ONCE)
      .where(sql<boolean>`subscriber_id is distinct from ${subscriberId}::uuid`)
      .where((where) =>
        where.or([
          sql<boolean>`summary ~* ${words}`,
          sql<boolean>`details::text ~* ${words}`,
          sql<boolean>`actor ~* ${words}`,
        ])
      ).execute();
    found.push(...some);
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
