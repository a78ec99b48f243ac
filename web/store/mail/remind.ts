import { sql } from "kysely";
import type { SkipReason } from "@/web/domain/mail/types.ts";
import { uuidArray } from "../billing/bill_run.ts";
import { billConditions, type BillPageFilter } from "../billing/bills_page.ts";
import type { MailBatchesTable } from "../db/schema.ts";
import { NOT_DUNNED, type NotDunned } from "./due_bills.ts";
import { skipReason, WITH_MAIL_RULES } from "./messages.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { Selectable } from "kysely";

/** Why a bill is not reminded of by hand; null: it is. */
export type NotReminded = SkipReason | NotDunned | "reminded_today" | "silent";

export interface RemindableBill {
  id: string;
  subscriber_id: string;
  reason: NotReminded | null;
}

/** Reminders or bills that a person mailed many of at once. */
export type MailBatchRow = Omit<Selectable<MailBatchesTable>, "tenant_id">;

/** Ids of the bills of a filter, the newest first, no further than `most` and one. */
export async function listBillIds(
  trx: TenantTransaction,
  filter: BillPageFilter,
  most: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select b.id from bills b where ${billConditions(trx, filter)}
    order by b.issued_on desc, b.number desc limit ${most + 1}`.execute(trx);
  return rows.map((row) => row.id);
}

/** The same bills with those of a subscriber together, the oldest first. */
export async function sortBySubscriber(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select b.id from bills b where b.tenant_id = ${trx.tenantId} and b.id = any(${uuidArray(billIds)}::uuid[])
    order by b.subscriber_id, b.due_on, b.period_start, b.id`.execute(trx);
  return rows.map((row) => row.id);
}

/**
 * Whether each of these bills gets a reminder now. A bill is reminded of by hand once a day, however many people ask: the
 * scheduler's own reminders are not counted. Whether a connection is dunned is looked up wherever it is: whoever sees a
 * bill may remind of it, also where its connection is at a site that they do not see.
 */
export async function listRemindable(
  trx: TenantTransaction,
  billIds: readonly string[],
  today: Temporal.PlainDate,
): Promise<RemindableBill[]> {
  // Once for all of them: asked for each bill, the planner read every reminder that there is.
  const { rows } = await sql<RemindableBill>`
    with reminded as materialized (
      select named.id from mail_messages m cross join lateral jsonb_array_elements_text(
          case when jsonb_typeof(m.facts->'billIds') = 'array' then m.facts->'billIds'
            else jsonb_build_array(m.bill_id) end) as named(id)
      where m.tenant_id = ${trx.tenantId} and m.created_on = ${today} and m.occasion = 'reminder'
        and starts_with(m.dedupe_key, 'remind:') and m.state <> 'skipped')
    select b.id, b.subscriber_id, case
      when ${NOT_DUNNED} is not null then ${NOT_DUNNED}
      when b.id::text in (select id from reminded) then 'reminded_today'
      when 'reminder' = any(coalesce(settings.silent_occasions, '{}')) then 'silent'
      else ${skipReason(sql`'reminder'`)} end as reason
    from unnest(${[...billIds]}::uuid[]) with ordinality as w(id, place)
    join bills b on b.tenant_id = ${trx.tenantId} and b.id = w.id
    join public.subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
    join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id ${WITH_MAIL_RULES}
    where b.status <> 'draft' order by w.place`.execute(trx);
  return rows;
}

/** Reminders by hand of a company take turns, so that each sees what the other has queued. */
export async function lockReminding(trx: TenantTransaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`remind:${trx.tenantId}`}, 0))`.execute(trx);
}

/** Adds a batch; one with this id that is there already is left alone. @returns whether it is new */
export async function insertMailBatch(
  trx: TenantTransaction,
  batch: Pick<
    MailBatchRow,
    "id" | "occasion" | "is_again" | "bill_ids" | "total" | "created_at" | "created_on" | "created_by"
  >,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx.insertInto("mail_batches")
    .values({ ...batch, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.columns(["tenant_id", "id"]).doNothing()).executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

const COLUMNS = [
  "id",
  "occasion",
  "is_again",
  "bill_ids",
  "mail_ids",
  "total",
  "done",
  "queued",
  "created_at",
  "created_on",
  "created_by",
  "finished_at",
] as const;

/** One batch; null when not of this tenant. */
export async function findMailBatch(trx: TenantTransaction, id: string): Promise<MailBatchRow | null> {
  return await trx.selectFrom("mail_batches").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).executeTakeFirst() ?? null;
}

/** The same, locked until the transaction ends. */
export async function lockMailBatch(trx: TenantTransaction, id: string): Promise<MailBatchRow | null> {
  return await trx.selectFrom("mail_batches").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("id", "=", id).forUpdate().executeTakeFirst() ?? null;
}

/** Notes how far a batch has come. */
export async function updateMailBatch(
  trx: TenantTransaction,
  id: string,
  fields: Partial<Pick<MailBatchRow, "done" | "queued" | "mail_ids" | "finished_at">>,
): Promise<void> {
  await trx.updateTable("mail_batches").set(fields).where("tenant_id", "=", trx.tenantId).where("id", "=", id)
    .execute();
}

/** What has become of the messages of a batch, by state, and until when of business time the last of them waits. */
export async function countBatchMails(
  trx: TenantTransaction,
  { id, occasion, bill_ids, mail_ids }: Pick<MailBatchRow, "id" | "occasion" | "bill_ids" | "mail_ids">,
): Promise<{ state: string; count: number; after_at: Temporal.Instant | null }[]> {
  const mine = occasion === "bill_issued"
    ? sql`unnest(${uuidArray(mail_ids)}::uuid[]) as w(id)
      join mail_messages m on m.tenant_id = ${trx.tenantId} and m.id = w.id`
    : sql`unnest(${uuidArray(bill_ids)}::uuid[]) as w(bill_id)
      join mail_messages m on m.tenant_id = ${trx.tenantId} and m.channel = 'email'
        and m.dedupe_key = 'remind:' || ${id}::text || ':' || w.bill_id::text`;
  const { rows } = await sql<{ state: string; count: number; after_at: Temporal.Instant | null }>`
    select m.state, count(*)::int as count, max(m.business_after_at) as after_at from ${mine} group by 1`
    .execute(trx);
  return rows;
}
