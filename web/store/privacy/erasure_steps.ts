import { type Selectable, sql } from "kysely";
import type { ErasuresTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const STEP_COLUMNS = [
  "id",
  "subscriber_id",
  "account_number",
  "state",
  "started_at",
  "started_by",
  "started_by_id",
  "words_print",
  "entries_looked",
] as const;

/** How far an erasure is. */
export type ErasureStepRow = Pick<Selectable<ErasuresTable>, typeof STEP_COLUMNS[number]>;

/** Rows of one step: of half a million at once a statement runs into the time that it has. */
export const STEP_ROWS = 20_000;

/** An erasure for the one who makes its next step: of two one waits for the other. */
export async function lockErasure(trx: TenantTransaction, id: string): Promise<ErasureStepRow | null> {
  return await trx.selectFrom("erasures").select(STEP_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).forNoKeyUpdate().executeTakeFirst() ?? null;
}

/** Begins it; one that has begun stays whose it is. */
export async function startErasure(
  trx: TenantTransaction,
  id: string,
  { at, by, byId }: { at: Temporal.Instant; by: string; byId: string | null },
): Promise<void> {
  await trx.updateTable("erasures").set({ started_at: at, started_by: by, started_by_id: byId })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", id).where("started_at", "is", null).execute();
}

/** Begins the search anew: what is searched for is another. */
export async function restartSearch(trx: TenantTransaction, id: string, print: string): Promise<void> {
  await trx.updateTable("erasures").set({
    words_print: print,
    entries_looked: 0n,
    entries_found: sql<string[]>`'{}'`,
    log_looked_at: null,
    log_looked_id: null,
    log_looked: 0n,
  }).where("tenant_id", "=", trx.tenantId).where("id", "=", id).execute();
}

/**
 * Looks through the next entries of the audit log for words of somebody, and remembers those of others that have some. It
 * locks nothing of the log.
 *
 * @returns how many were looked at; fewer than asked for: there are no more
 */
export async function lookThroughEntries(
  trx: TenantTransaction,
  { erasureId, subscriberId, words, most }: {
    erasureId: string;
    subscriberId: string;
    words: string;
    most: number;
  },
): Promise<number> {
  const { rows } = await sql<{ looked: number }>`
    with page as (select a.sequence, a.subscriber_id is distinct from ${subscriberId}::uuid
        and (a.summary ~* ${words} or a.details::text ~* ${words} or a.actor ~* ${words}) as is_named
      from audit_entries a where a.tenant_id = ${trx.tenantId} and a.sequence > (select e.entries_looked
        from erasures e where e.tenant_id = ${trx.tenantId} and e.id = ${erasureId})
      order by a.sequence limit ${most})
    update erasures set entries_looked = coalesce((select max(sequence) from page), entries_looked),
      entries_found = entries_found || array(select sequence from page where is_named order by sequence)
      where tenant_id = ${trx.tenantId} and id = ${erasureId}
      returning (select count(*)::int from page) as looked`.execute(trx);
  return rows[0]?.looked ?? 0;
}

/** Takes the words out of the next lines of the system log. Returns as {@linkcode lookThroughEntries} does. */
export async function eraseFromLog(
  trx: TenantTransaction,
  { erasureId, words, most }: { erasureId: string; words: string; most: number },
): Promise<number> {
  const { rows } = await sql<{ looked: number; last_at: Temporal.Instant | null; last_id: string | null }>`
    select s.looked, s.last_at, s.last_id from erasures e, lateral erase_log_words(e.id, ${words}, e.log_looked_at,
      e.log_looked_id, ${most}) s where e.tenant_id = ${trx.tenantId} and e.id = ${erasureId}`.execute(trx);
  const [step] = rows;
  if (step === undefined || step.looked === 0) return 0;
  await sql`update erasures set log_looked_at = ${step.last_at}, log_looked_id = ${step.last_id},
    log_looked = log_looked + ${step.looked} where tenant_id = ${trx.tenantId} and id = ${erasureId}`
    .execute(trx);
  return step.looked;
}

/** How long before an erasure a line may be dated that was written during it: a transaction takes its time. */
const LATE = "1 hour";
/** More lines than are written while an erasure runs. */
const ALL_LATE = 1_000_000;

/** The same once more in what was written since it began, whichever moment it is dated with. */
export async function eraseFromLateLog(
  trx: TenantTransaction,
  { erasureId, words }: { erasureId: string; words: string },
): Promise<void> {
  await sql`select s.looked from erasures e, lateral erase_log_words(e.id, ${words}, e.started_at - ${LATE}::interval,
      null, ${ALL_LATE}) s where e.tenant_id = ${trx.tenantId} and e.id = ${erasureId}`.execute(trx);
}

/** Takes what names somebody out of rows of others, but for the two logs. */
export async function eraseWideWords(
  trx: TenantTransaction,
  { erasureId, words }: { erasureId: string; words: string },
): Promise<void> {
  await sql`select erase_wide_words(${erasureId}::uuid, ${words})`.execute(trx);
  await sql`select erase_batch_words(${erasureId}::uuid, ${words})`.execute(trx);
}

/** How far the search of an erasure is, for a page. */
export interface ErasureProgress {
  looked: bigint;
  entries: bigint;
  lines: bigint;
}

/** Reads it; null: there is no such erasure. */
export async function readErasureProgress(
  trx: TenantTransaction,
  erasureId: string,
): Promise<ErasureProgress | null> {
  const { rows } = await sql<ErasureProgress>`
    select entries_looked as looked, log_looked as lines, (select coalesce(max(sequence), 0) from audit_entries
      where tenant_id = ${trx.tenantId}) as entries
    from erasures where tenant_id = ${trx.tenantId} and id = ${erasureId}`.execute(trx);
  return rows[0] ?? null;
}
