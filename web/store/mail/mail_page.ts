import { type RawBuilder, type Selectable, sql } from "kysely";
import type { MailOccasion } from "@/web/domain/mail/staff.ts";
import { MAIL_STATES, type MailState } from "@/web/domain/mail/types.ts";
import { columnsOf } from "../db/columns.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { MailMessagesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const COLUMNS = [
  "id",
  "occasion",
  "channel",
  "subscriber_id",
  "staff_user_id",
  "bill_id",
  "payment_id",
  "memo_id",
  "subscription_id",
  "facts",
  "state",
  "reason",
  "address",
  "subject",
  "message_id",
  "attachment_sha256",
  "server_words",
  "attempts",
  "business_after_at",
  "next_attempt_at",
  "is_perhaps_double",
  "created_at",
  "created_on",
  "created_by",
  "sent_at",
] as const;

/** A message with the names around it. */
export interface MailRow extends Pick<Selectable<MailMessagesTable>, typeof COLUMNS[number]> {
  /** Of the subscriber, or of who of the staff it is to. */
  recipient_name: string;
  /** Null: it is to no subscriber. */
  account_number: string | null;
  bill_number: string | null;
}

/** What the list of messages is narrowed to. */
export interface MailFilter {
  state?: MailState | undefined;
  occasion?: MailOccasion | undefined;
  reason?: string | undefined;
  subscriberId?: string | undefined;
  billId?: string | undefined;
  paymentId?: string | undefined;
  /** Business days. */
  from?: Temporal.PlainDate | undefined;
  to?: Temporal.PlainDate | undefined;
  /** Part of a name or an account number. */
  q?: string | undefined;
}

const FOUND_MAX = 1_000;

/** Messages of a state are counted no further. */
export const COUNTED_MAILS = 10_000;

/** Ids are in the order of their time. */
const ID: SortKey<MailRow> = { by: sql`m.id`, kind: "uuid", of: (mail) => mail.id };
const SORTS: Readonly<Record<string, readonly SortKey<MailRow>[]>> = { time: [ID] };
/** Of some days: the same order, in the words of the index of days. */
const SORTS_BY_DAY: typeof SORTS = {
  time: [{ by: sql`m.created_on`, kind: "date", of: (mail) => mail.created_on.toString() }, ID],
};

/** Messages, the newest first unless asked otherwise. */
export async function listMails(
  trx: TenantTransaction,
  filter: MailFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<MailRow>> {
  const sorts = filter.from === undefined && filter.to === undefined ? SORTS : SORTS_BY_DAY;
  const window = windowOf(orderingOf(sorts, request.sort, "-time"), request);
  const { rows } = await sql<MailRow>`
    ${MAIL} where ${conditionsOf(trx, filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/**
 * How many messages have each state, whichever the filter asks for; of each counted no further than
 * {@linkcode COUNTED_MAILS} and one. All of a year would take a page 150 ms.
 */
export async function countMailsByState(
  trx: TenantTransaction,
  filter: MailFilter,
): Promise<{ state: MailState; count: number }[]> {
  const conditions = conditionsOf(trx, { ...filter, state: undefined });
  const isOfFew = [filter.q, filter.subscriberId, filter.billId, filter.paymentId].some((of) =>
    of !== undefined
  );
  const { rows } = await (isOfFew
    ? sql<{ state: MailState; count: number }>`
      select m.state, count(*)::int as count from mail_messages m where ${conditions} group by 1`
    : sql<{ state: MailState; count: number }>`${
      sql.join(
        MAIL_STATES.map((state) =>
          sql`select ${sql.lit(state)} as state, count(*)::int as count from (select from mail_messages m
          where m.state = ${sql.lit(state)} and ${conditions} limit ${sql.lit(COUNTED_MAILS + 1)}) counted`
        ),
        sql` union all `,
      )
    }`).execute(trx);
  return rows;
}

/** One message; null when not of this tenant. */
export async function findMail(trx: TenantTransaction, id: string): Promise<MailRow | null> {
  const { rows } = await sql<MailRow>`${MAIL} where m.tenant_id = ${trx.tenantId} and m.id = ${id}`
    .execute(trx);
  return rows[0] ?? null;
}

/** The message of an occasion by its key; null: none was ever queued. Its row is locked. */
export async function lockMailByKey(
  trx: TenantTransaction,
  dedupeKey: string,
): Promise<{ id: string; state: MailState } | null> {
  return await trx.selectFrom("mail_messages").select(["id", "state"]).where("tenant_id", "=", trx.tenantId)
    .where("channel", "=", "email").where("dedupe_key", "=", dedupeKey).forNoKeyUpdate()
    .executeTakeFirst() ?? null;
}

/** How a bill was told: the newest message about each that is not a reminder. */
export interface BillMail {
  bill_id: string;
  state: MailState;
  reason: string | null;
}

/** The message with each of these bills, where there is one. */
export async function listBillMails(
  trx: TenantTransaction,
  billIds: readonly string[],
): Promise<ReadonlyMap<string, BillMail>> {
  const { rows } = await sql<BillMail>`
    select w.bill_id, m.state, m.reason from unnest(${[...billIds]}::uuid[]) as w(bill_id)
    cross join lateral (select m.state, m.reason from mail_messages m where m.tenant_id = ${trx.tenantId}
      and m.bill_id = w.bill_id and m.occasion = 'bill_issued' order by m.id desc limit 1) m`.execute(trx);
  return new Map(rows.map((row) => [row.bill_id, row]));
}

const MAIL = sql`
  select ${
  columnsOf("m", COLUMNS)
}, coalesce(s.name, m.to_name, '') as recipient_name, s.account_number, b.number as bill_number
  from mail_messages m
  left join subscribers s on s.tenant_id = m.tenant_id and s.id = m.subscriber_id
  left join bills b on b.tenant_id = m.tenant_id and b.id = m.bill_id`;

function conditionsOf(trx: TenantTransaction, filter: MailFilter): RawBuilder<unknown> {
  const where = [sql`m.tenant_id = ${trx.tenantId}`];
  // As literals: of a parameter the planner does not know that an index of the rare ones has them.
  if (filter.state !== undefined) where.push(sql`m.state = ${sql.lit(filter.state)}`);
  if (filter.occasion !== undefined) where.push(sql`m.occasion = ${sql.lit(filter.occasion)}`);
  if (filter.reason !== undefined) where.push(sql`m.reason = ${filter.reason}`);
  if (filter.subscriberId !== undefined) where.push(sql`m.subscriber_id = ${filter.subscriberId}`);
  if (filter.billId !== undefined) where.push(sql`m.bill_id = ${filter.billId}`);
  if (filter.paymentId !== undefined) where.push(sql`m.payment_id = ${filter.paymentId}`);
  if (filter.from !== undefined) where.push(sql`m.created_on >= ${filter.from}`);
  if (filter.to !== undefined) where.push(sql`m.created_on <= ${filter.to}`);
  const words = filter.q?.trim() ?? "";
  if (words !== "") {
    // Looked up person by person: as a join the planner would rather read all messages.
    where.push(sql`m.id = any(array(select n.id from mail_messages n where n.tenant_id = ${trx.tenantId}
      and n.subscriber_id = any(array(select found.subscriber_id
        from search_subscriber_ids(${words}, ${FOUND_MAX}) found))
      union all select n.id from mail_messages n where n.tenant_id = ${trx.tenantId} and n.subscriber_id is null
        and (strpos(lower(n.to_name), lower(${words})) > 0 or strpos(lower(n.address), lower(${words})) > 0)))`);
  }
  return sql.join(where, sql` and `);
}
