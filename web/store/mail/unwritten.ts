import { type Kysely, type Selectable, sql } from "kysely";
import { uuidArray } from "../billing/bill_run.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import type { Database, UnwrittenMailsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { Queueing } from "./messages.ts";

/** Bills of a run whose messages are still to be written. */
export type UnwrittenMails = Pick<
  Selectable<UnwrittenMailsTable>,
  "bill_ids" | "created_at" | "created_on" | "created_by" | "failed_at"
>;

/** Notes bills that are to be mailed; of a tenant that is silent about bills nothing is noted. */
export async function insertUnwritten(
  trx: TenantTransaction,
  id: string,
  { billIds, at, businessOn, by }: Queueing & { billIds: readonly string[] },
): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`
    insert into unwritten_mails (tenant_id, id, bill_ids, created_at, created_on, created_by)
    select ${trx.tenantId}::uuid, ${id}::uuid, ${uuidArray(billIds)}::uuid[], ${at}::timestamptz,
      ${businessOn}::date, ${by}::text
    where not exists (select from reminder_settings s where s.tenant_id = ${trx.tenantId}
      and 'bill_issued' = any(s.silent_occasions))`,
  );
}

/** What waits to be written, whoever's it is, the oldest first. */
export async function lookupUnwritten(db: Kysely<Database>): Promise<{ tenantId: string; id: string }[]> {
  const { rows } = await sql<{ tenant_id: string; id: string }>`
    select tenant_id, id from lookup_unwritten_mails()`.execute(db);
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id }));
}

/**
 * Takes it away, in the transaction that writes its messages; null: it is written, or another process is at it, which is not
 * waited for.
 */
export async function takeUnwritten(trx: TenantTransaction, id: string): Promise<UnwrittenMails | null> {
  const { rows: [taken] } = await sql<UnwrittenMails>`
    delete from unwritten_mails where tenant_id = ${trx.tenantId} and id = (select id from unwritten_mails
      where tenant_id = ${trx.tenantId} and id = ${id}::uuid for update skip locked)
    returning bill_ids, created_at, created_on, created_by, failed_at`.execute(trx);
  return taken ?? null;
}

/** Keeps what of a batch could not be written, in the transaction that took it away. */
export async function insertUnwritable(
  trx: TenantTransaction,
  id: string,
  { failed_at: failedAt, ...batch }: UnwrittenMails & { failed_at: Temporal.Instant },
): Promise<void> {
  await trx.insertInto("unwritten_mails")
    .values({ tenant_id: trx.tenantId, id, ...batch, failed_at: failedAt }).execute();
}

/** Makes whoever tries once more to write the mails of these bills wait, or waits for them. */
export async function lockUnwritable(trx: TenantTransaction, billIds: readonly string[]): Promise<void> {
  await sql`select from unwritten_mails where tenant_id = ${trx.tenantId} and failed_at is not null
    and bill_ids && ${uuidArray(billIds)}::uuid[] order by id for update`.execute(trx);
}

/** A bill, as its mail is written. */
export interface BillToMail {
  id: string;
  number: string | null;
  status: string;
  subscriberId: string;
}

/** Bills that are to be mailed, with whose they are. */
export async function listToMail(trx: TenantTransaction, billIds: readonly string[]): Promise<BillToMail[]> {
  const { rows } = await sql<BillToMail>`
    select b.id, b.number, b.status, b.subscriber_id as "subscriberId" from bills b
    where b.tenant_id = ${trx.tenantId} and b.id = any(${uuidArray(billIds)}::uuid[]) order by b.id`
    .execute(trx);
  return rows;
}

/** What became of the mail of a bill whose message is not written; null: there is no such. */
export type Unwritten = "waits" | "failed";

/** Whether the mail of a bill is still to be written, or could not be. */
export async function findUnwritten(trx: TenantTransaction, billId: string): Promise<Unwritten | null> {
  const { rows: [found] } = await sql<{ has_failed: boolean | null }>`
    select bool_and(failed_at is not null) as has_failed from unwritten_mails
    where tenant_id = ${trx.tenantId} and ${billId}::uuid = any(bill_ids)`.execute(trx);
  const hasFailed = found?.has_failed ?? null;
  return hasFailed === null ? null : hasFailed ? "failed" : "waits";
}

/** Ids of the bills whose mail is on its way to be written, as a subquery. */
export function billsUnwritten(tenantId: string) {
  return sql`(select i.bill_id from unwritten_mails u cross join lateral unnest(u.bill_ids) as i (bill_id)
    where u.tenant_id = ${tenantId} and u.failed_at is null)`;
}

/** Of the bills of a day or later whose mail could not be written, by hand neither: the first one, and how many. */
export function unwritableNeed(tenantId: string, since: Temporal.PlainDate) {
  return sql`
      select 9, 'mail_unwritten', (array_agg(b.id order by b.number))[1], min(b.number), null, count(*)::int, null
      from unwritten_mails u cross join lateral unnest(u.bill_ids) as i (bill_id)
      join bills b on b.tenant_id = u.tenant_id and b.id = i.bill_id and b.status = 'issued'
      where u.tenant_id = ${tenantId} and u.failed_at is not null and u.created_on >= ${since}
        and not exists (select from mail_messages m where m.tenant_id = u.tenant_id and m.channel = 'email'
          and m.dedupe_key = 'bill_issued:' || b.id)
      having count(*) > 0`;
}
