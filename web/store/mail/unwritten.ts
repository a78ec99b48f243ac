import { type Kysely, type Selectable, sql } from "kysely";
import { uuidArray } from "../billing/bill_run.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import type { Database, UnwrittenMailsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { Queueing } from "./messages.ts";

/** Bills of a run whose messages are still to be written. */
export type UnwrittenMails = Pick<
  Selectable<UnwrittenMailsTable>,
  "bill_ids" | "created_at" | "created_on" | "created_by"
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

/** The same of one tenant. */
export async function listUnwritten(trx: TenantTransaction): Promise<string[]> {
  const rows = await trx.selectFrom("unwritten_mails").select("id").where("tenant_id", "=", trx.tenantId)
    .orderBy("created_at").orderBy("id").execute();
  return rows.map((row) => row.id);
}

/**
 * Takes it away, in the transaction that writes its messages; null: it is written, or another process is at it, which is not
 * waited for.
 */
export async function takeUnwritten(trx: TenantTransaction, id: string): Promise<UnwrittenMails | null> {
  const { rows: [taken] } = await sql<UnwrittenMails>`
    delete from unwritten_mails where tenant_id = ${trx.tenantId} and id = (select id from unwritten_mails
      where tenant_id = ${trx.tenantId} and id = ${id}::uuid for update skip locked)
    returning bill_ids, created_at, created_on, created_by`.execute(trx);
  return taken ?? null;
}

/** Whose bills these are. */
export async function listWhoseBills(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<{ id: string; subscriberId: string }[]> {
  const { rows } = await sql<{ id: string; subscriberId: string }>`
    select b.id, b.subscriber_id as "subscriberId" from bills b
    where b.tenant_id = ${trx.tenantId} and b.id = any(${uuidArray(billIds)}::uuid[]) order by b.id`
    .execute(trx);
  return rows;
}

/** Whether the mail of a bill is still to be written. */
export async function isUnwritten(trx: TenantTransaction, billId: string): Promise<boolean> {
  const found = await trx.selectFrom("unwritten_mails").select("id").where("tenant_id", "=", trx.tenantId)
    .where(sql<boolean>`${billId}::uuid = any(bill_ids)`).limit(1).executeTakeFirst();
  return found !== undefined;
}
