import { type RawBuilder, sql } from "kysely";
import { type Account, ACCOUNTS } from "@/web/domain/payments/mod.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { CreditSourcesTable, LedgerTransactionsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { countedFrom, type ReportScope } from "./counted_entries.ts";

/** What was posted on an account. */
export interface AccountBalance {
  account: Account;
  /** What was posted above zero, and below it without its sign. */
  debitCentavos: bigint;
  creditCentavos: bigint;
}

/** Every account of the books with what was posted on it through a day; without one, all that is written. */
export async function listAccountBalances(
  trx: TenantTransaction,
  to: Temporal.PlainDate | undefined,
): Promise<AccountBalance[]> {
  const later = to === undefined ? sql`` : sql`
    union all select since.account, -since.amount_centavos, sign(since.amount_centavos)
    from (${countedFrom(trx, to.add({ days: 1 }))}) since`;
  const { rows } = await sql<AccountBalance>`
    select a.code as account,
      coalesce(sum(p.amount) filter (where p.side > 0), 0)::bigint as "debitCentavos",
      coalesce(-sum(p.amount) filter (where p.side < 0), 0)::bigint as "creditCentavos"
    from ledger_accounts a left join (
      select e.account, sum(e.amount_centavos) as amount, sign(e.amount_centavos) as side from ledger_entries e
      where e.tenant_id = ${trx.tenantId} group by 1, 3 ${later}) p on p.account = a.code
    group by a.code`.execute(trx);
  return rows;
}

/** What was posted in a month on an account by postings of one kind. */
export interface MonthSum {
  month: Temporal.PlainDate;
  kind: LedgerTransactionsTable["kind"];
  account: Account;
  /** Of VAT that a memo gives back: as what that memo is given. */
  givenAs: "credit_memos" | "write_offs" | null;
  amountCentavos: bigint;
}

/**
 * Sums of each month from a first one on, by kind and account; credit that waits or is used is none of them. Of a million
 * entries a few thousand sums of days are left, and only those are looked at by month.
 */
export async function listMonthSums(
  trx: TenantTransaction,
  from: Temporal.PlainDate,
  scope: ReportScope,
): Promise<MonthSum[]> {
  const { rows } = await sql<MonthSum>`
    select date_trunc('month', day.counted_on)::date as month, day.kind, day.account, day.given_as as "givenAs",
      sum(day.amount)::bigint as "amountCentavos"
    from (
      select since.counted_on, since.kind, since.account,
        case when since.account = 'vat_payable' and since.kind <> 'bill_issued' then (
          select case m.kind when 'write_off' then 'write_offs' else 'credit_memos' end from credit_memos m
          where m.tenant_id = ${trx.tenantId} and m.id = since.source_id) end as given_as,
        sum(since.amount_centavos) as amount
      from (${countedFrom(trx, from, scope)}) since where since.account <> 'subscriber_credit'
      group by 1, 2, 3, 4) day
    group by 1, 2, 3, 4`.execute(trx);
  return rows;
}

/** Which lines of an account. */
export interface AccountEntryFilter {
  account: Account;
  from?: Temporal.PlainDate | undefined;
  to?: Temporal.PlainDate | undefined;
}

/** A line of an account of the books. */
export interface AccountEntryRow {
  transaction_id: string;
  line_no: number;
  kind: LedgerTransactionsTable["kind"];
  business_on: Temporal.PlainDate;
  recorded_at: Temporal.Instant;
  bill_id: string | null;
  source_id: string | null;
  source_kind: CreditSourcesTable["kind"] | null;
  refund_id: string | null;
  description: string;
  actor: string;
  subscriber_id: string | null;
  subscriber_name: string | null;
  account_number: string | null;
  /** Debit above zero, credit below. */
  amount_centavos: bigint;
}

const SORTS: Readonly<Record<string, readonly SortKey<AccountEntryRow>[]>> = {
  date: [
    { by: sql`t.business_on`, kind: "date", of: (row) => String(row.business_on) },
    { by: sql`t.recorded_at`, kind: "instant", of: (row) => String(row.recorded_at) },
    { by: sql`t.id`, kind: "uuid", of: (row) => row.transaction_id },
    { by: sql`line_no`, kind: "integer", of: (row) => String(row.line_no) },
  ],
};

/** The lines of an account, newest first, each with the subscriber that its posting is about. */
export async function listAccountEntries(
  trx: TenantTransaction,
  filter: AccountEntryFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<AccountEntryRow>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-date"), request);
  const { rows } = await sql<AccountEntryRow>`
    select t.id as transaction_id, t.line_no, t.kind, t.business_on, t.recorded_at, t.bill_id, t.source_id, c.kind as source_kind,
      t.refund_id, t.description, t.actor, t.amount_centavos, s.id as subscriber_id, s.name as subscriber_name, s.account_number
    from (
      select t.id, e.line_no, t.kind, t.business_on, t.recorded_at, t.bill_id, t.source_id, t.refund_id, t.description, t.actor,
        e.amount_centavos, e.subscriber_id
      from ledger_transactions t
      join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
      where ${entryConditions(trx, filter)} and ${window.where}
      order by ${window.orderBy} limit ${window.limit}) t
    left join credit_sources c on c.tenant_id = ${trx.tenantId} and c.id = t.source_id
    left join subscribers s on s.tenant_id = ${trx.tenantId} and s.id = coalesce(t.subscriber_id, (
      select o.subscriber_id from ledger_entries o where o.tenant_id = ${trx.tenantId} and o.transaction_id = t.id
        and o.subscriber_id is not null order by o.line_no limit 1))
    order by ${window.orderBy}`.execute(trx);
  return window.toPage(rows);
}

/** What was posted on an account before some days and within them. */
export interface EntrySums {
  openingCentavos: bigint;
  debitCentavos: bigint;
  creditCentavos: bigint;
  count: number;
}

/** The sums of an account's lines: of all that is written, less what came after the days. */
export async function sumAccountEntries(
  trx: TenantTransaction,
  { account, from, to }: AccountEntryFilter,
): Promise<EntrySums> {
  const sums = sql`coalesce(sum(e.amount_centavos) filter (where e.amount_centavos > 0), 0)::bigint as debit,
    coalesce(-sum(e.amount_centavos) filter (where e.amount_centavos < 0), 0)::bigint as credit, count(*)::int as n`;
  const since = from ?? to?.add({ days: 1 });
  const isLater = to === undefined ? sql`false` : sql`t.business_on > ${to}::date`;
  const { rows } = await sql<{ part: "all" | "within" | "later"; debit: bigint; credit: bigint; n: number }>`
    select 'all' as part, ${sums} from ledger_entries e where ${onAccount(trx, account)}
    ${
    since === undefined ? sql`` : sql`
    union all
    select case when ${isLater} then 'later' else 'within' end, ${sums}
    from ledger_transactions t
    join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
    where t.tenant_id = ${trx.tenantId} and t.business_on >= ${since}::date and ${
      onAccount(trx, account)
    } group by 1`
  }`.execute(trx);
  const of = (part: string) => rows.find((row) => row.part === part) ?? { debit: 0n, credit: 0n, n: 0 };
  const [all, later] = [of("all"), of("later")];
  const through = { debit: all.debit - later.debit, credit: all.credit - later.credit, n: all.n - later.n };
  const within = from === undefined ? through : of("within");
  return {
    openingCentavos: through.debit - through.credit - within.debit + within.credit,
    debitCentavos: within.debit,
    creditCentavos: within.credit,
    count: within.n,
  };
}

function entryConditions(
  trx: TenantTransaction,
  { account, from, to }: AccountEntryFilter,
): RawBuilder<unknown> {
  const where = [sql`t.tenant_id = ${trx.tenantId}`, onAccount(trx, account)];
  if (from !== undefined) where.push(sql`t.business_on >= ${from}::date`);
  if (to !== undefined) where.push(sql`t.business_on <= ${to}::date`);
  return sql.join(where, sql` and `);
}

/**
 * The entries `e` of an account. Those of the tenant as a whole have an index, which this has to name. The account stands
 * in the statement itself: one that has a million lines and one that has three need plans of their own.
 */
function onAccount(trx: TenantTransaction, account: Account): RawBuilder<unknown> {
  return sql`e.tenant_id = ${trx.tenantId} and e.account = ${sql.lit(account)}
    ${ACCOUNTS[account].isBySubscriber ? sql`` : sql`and e.subscriber_id is null`}`;
}
