import { type Selectable, sql } from "kysely";
import { z } from "zod";
import { announceLive } from "../live/live_topics.ts";
import type { BookChecksTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BrokenInvariant } from "./invariants.ts";

/** What one check of the books found. */
export interface BookCheckRow extends Omit<Selectable<BookChecksTable>, "broken" | "number"> {
  /** The first findings; `broken_count` counts all. */
  broken: BrokenInvariant[];
}

const COLUMNS = [
  "tenant_id",
  "id",
  "checked_at",
  "took_ms",
  "rows_seen",
  "broken_count",
  "broken",
  "asked_by",
] as const;

/** Checks that are kept of a tenant. */
const KEPT = 60;

const findings = z.array(z.object({ name: z.string(), subject: z.string(), detail: z.string() }));

/** The last check, also where the clock was set back since; null before the first one. */
export async function findLastBookCheck(trx: TenantTransaction): Promise<BookCheckRow | null> {
  const row = await trx.selectFrom("book_checks").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .orderBy("number", "desc").limit(1).executeTakeFirst();
  return row === undefined ? null : { ...row, broken: findings.parse(row.broken) };
}

/** Keeps what a check found, and of the older ones no more than sixty. */
export async function insertBookCheck(
  trx: TenantTransaction,
  check: BookCheckRow,
): Promise<void> {
  await trx.insertInto("book_checks")
    .values({ ...check, broken: JSON.stringify(check.broken) }).execute();
  await sql`delete from book_checks where tenant_id = ${trx.tenantId} and id in (select id from book_checks
    where tenant_id = ${trx.tenantId} order by number desc offset ${KEPT})`.execute(trx);
  announceLive(trx, ["money"]);
}

/** How many rows of the books there are: what a check has to look at. */
export async function countBookRows(trx: TenantTransaction): Promise<bigint> {
  const tables = [
    "bills",
    "bill_lines",
    "charged_periods",
    "payments",
    "allocations",
    "credit_memos",
    "credit_sources",
    "refunds",
    "refund_shares",
    "outage_credits",
    "ledger_transactions",
    "ledger_entries",
    "subscriptions",
  ];
  const counts = tables.map((table) =>
    sql`select count(*) as n from ${sql.table(table)} where tenant_id = ${trx.tenantId}`
  );
  const { rows } = await sql<{ total: bigint }>`select sum(n)::bigint as total from (${
    sql.join(counts, sql` union all `)
  }) counts`.execute(trx);
  return rows[0]?.total ?? 0n;
}

/** What a finding is about, where there is a page of it. */
export interface BookSubject {
  kind: "bill" | "memo" | "payment" | "refund" | "subscriber";
  id: string;
  /** Number of the bill, payment, memo or refund, name of the subscriber. */
  label: string;
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** The pages of what findings are about, by the subject as the finding has it; a number series has none. */
export async function findBookSubjects(
  trx: TenantTransaction,
  subjects: readonly string[],
): Promise<Map<string, BookSubject>> {
  const id = trx.tenantId;
  const numbers = subjects.filter((subject) => !UUID.test(subject));
  const uuids = subjects.flatMap((subject) => UUID.exec(subject)?.[0] ?? []);
  const { rows } = await sql<BookSubject & { key: string }>`
    select number as key, 'bill' as kind, id, number as label from bills
      where tenant_id = ${id} and number = any(${numbers}::text[])
    union all
    select number, 'payment', id, number from payments
      where tenant_id = ${id} and number = any(${numbers}::text[])
    union all
    select number, 'memo', id, number from credit_memos
      where tenant_id = ${id} and number = any(${numbers}::text[])
    union all
    select number, 'refund', id, number from refunds
      where tenant_id = ${id} and number = any(${numbers}::text[])
    union all
    select account_number, 'subscriber', id, name from subscribers
      where tenant_id = ${id} and account_number = any(${numbers}::text[])
    union all
    select c.ppp_name, 'subscriber', s.id, s.name from subscriptions c
      join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
      where c.tenant_id = ${id} and c.ppp_name = any(${numbers}::text[])
    union all
    select id::text, 'subscriber', id, name from subscribers where tenant_id = ${id} and id = any(${uuids}::uuid[])
    union all
    select c.id::text, 'subscriber', s.id, s.name from subscriptions c
      join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
      where c.tenant_id = ${id} and c.id = any(${uuids}::uuid[])
    union all
    select t.id::text, case when t.bill_id is not null then 'bill' when t.refund_id is not null then 'refund'
        else c.kind end, coalesce(t.bill_id, t.refund_id, t.source_id), coalesce(b.number, r.number, c.number)
      from ledger_transactions t left join bills b on b.tenant_id = t.tenant_id and b.id = t.bill_id
      left join refunds r on r.tenant_id = t.tenant_id and r.id = t.refund_id
      left join credit_sources c on c.tenant_id = t.tenant_id and c.id = t.source_id and c.kind <> 'opening'
      where t.tenant_id = ${id} and t.id = any(${uuids}::uuid[])
        and coalesce(b.number, r.number, c.number) is not null
    union all
    select a.id::text, 'bill', b.id, b.number from allocations a
      join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
      where a.tenant_id = ${id} and a.id = any(${uuids}::uuid[])`.execute(trx);
  const found = new Map(rows.map(({ key, ...subject }) => [key, subject]));
  return new Map(subjects.flatMap((subject) => {
    const page = found.get(UUID.exec(subject)?.[0] ?? subject);
    return page === undefined ? [] : [[subject, page] as const];
  }));
}
