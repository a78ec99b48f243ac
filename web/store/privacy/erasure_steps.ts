import { type Selectable, sql } from "kysely";
import type { ErasuresTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { IS_NOT_STAFF } from "./redactions.ts";

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
  "log_from",
  "log_changed",
] as const;

/** How far an erasure is. */
export type ErasureStepRow = Pick<Selectable<ErasuresTable>, typeof STEP_COLUMNS[number]>;

/** The most rows of one step: of half a million at once a statement runs into the time that it has. */
export const STEP_ROWS = 20_000;

/** An erasure for the one who makes its next step: of two one waits for the other. */
export async function lockErasure(trx: TenantTransaction, id: string): Promise<ErasureStepRow | null> {
  return await trx.selectFrom("erasures").select(STEP_COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).forNoKeyUpdate().executeTakeFirst() ?? null;
}

/** Begins it; one that has begun stays whose it is. Returns whether it had not. */
export async function startErasure(
  trx: TenantTransaction,
  id: string,
  { at, ...by }:
    & { at: Temporal.Instant }
    & Pick<
      Selectable<ErasuresTable>,
      "started_by" | "started_by_id" | "started_ip" | "started_request_id"
    >,
): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable("erasures").set({ started_at: at, ...by })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", id).where("started_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The oldest transaction that may still write: lines of later ones are not all there yet. */
const OLDEST_OPEN = sql<bigint>`pg_snapshot_xmin(pg_current_snapshot())::text::bigint`;

/** Begins the search anew: what is searched for is another. */
export async function restartSearch(trx: TenantTransaction, id: string, print: string): Promise<void> {
  await trx.updateTable("erasures").set({
    words_print: print,
    entries_looked: 0n,
    entries_found: sql<string[]>`'{}'`,
    log_from: null,
    log_next: OLDEST_OPEN,
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
        and (a.summary ~* ${words} or a.details::text ~* ${words} or ${IS_NOT_STAFF} and a.actor ~* ${words}) as is_named
      from audit_entries a where a.tenant_id = ${trx.tenantId} and a.sequence > (select e.entries_looked
        from erasures e where e.tenant_id = ${trx.tenantId} and e.id = ${erasureId})
      order by a.sequence limit ${most})
    update erasures set entries_looked = coalesce((select max(sequence) from page), entries_looked),
      entries_found = entries_found || array(select sequence from page where is_named order by sequence)
      where tenant_id = ${trx.tenantId} and id = ${erasureId}
      returning (select count(*)::int from page) as looked`.execute(trx);
  return rows[0]?.looked ?? 0;
}

/**
 * Takes the words out of the next lines of the system log. The first pass looks at all of them in the order of their time,
 * each further one at those that were written since the one before it began, whatever they are dated with.
 *
 * @returns how many were looked at; fewer than asked for: the pass is at its end, and the next one has begun
 */
export async function eraseFromLog(
  trx: TenantTransaction,
  { erasureId, words, most }: { erasureId: string; words: string; most: number },
): Promise<number> {
  const { rows } = await sql<LogStep>`
    select s.looked, s.last_at, s.last_id, s.changed from erasures e, lateral erase_log_words(e.id, ${words},
      e.log_from, e.log_looked_at, e.log_looked_id, ${most}) s
    where e.tenant_id = ${trx.tenantId} and e.id = ${erasureId}`.execute(trx);
  const [step] = rows;
  if (step === undefined) return 0;
  const isEnd = step.looked < most;
  await trx.updateTable("erasures").set((eb) => ({
    log_changed: eb("log_changed", "+", BigInt(step.changed)),
    log_looked: sql<
      bigint
    >`case when log_from is null then log_looked + ${step.looked}::int else log_looked end`,
    log_looked_at: isEnd ? null : step.last_at,
    log_looked_id: isEnd ? null : step.last_id,
    ...(isEnd ? { log_from: eb.ref("log_next"), log_next: OLDEST_OPEN } : {}),
  })).where("tenant_id", "=", trx.tenantId).where("id", "=", erasureId).execute();
  return step.looked;
}

interface LogStep {
  looked: number;
  last_at: Temporal.Instant | null;
  last_id: string | null;
  changed: number;
}

/** More lines than are written between the last pass and the end. */
const ALL_LATE = 1_000_000;

/** The same once more in what was written since the last pass began: it came to its end just now. */
export async function eraseFromLateLog(
  trx: TenantTransaction,
  { erasureId, words }: { erasureId: string; words: string },
): Promise<void> {
  await sql`select s.looked from erasures e, lateral erase_log_words(e.id, ${words}, e.log_from, null, null,
      ${ALL_LATE}) s where e.tenant_id = ${trx.tenantId} and e.id = ${erasureId}`.execute(trx);
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
