import { sql } from "kysely";
import type { Leg } from "@/web/domain/payments/mod.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { LedgerTransactionsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A double-entry transaction that is about to be posted. */
export interface NewLedgerTransaction {
  id: string;
  kind: LedgerTransactionsTable["kind"];
  business_on: Temporal.PlainDate;
  recorded_at: Temporal.Instant;
  bill_id: string | null;
  /** The payment or memo that it is about. */
  source_id: string | null;
  refund_id?: string | null;
  description: string;
  actor: string;
  /** Sum zero; the database checks it again at commit. A transaction without legs is not posted. */
  legs: readonly Leg[];
}

/**
 * Posts transactions with their entries in one statement, however many they are, without waiting for it: the database
 * takes a transaction only whole.
 */
export async function insertLedgerTransactions(
  trx: TenantTransaction,
  transactions: readonly NewLedgerTransaction[],
): Promise<void> {
  const posted = transactions.filter(({ legs }) => legs.length > 0);
  if (posted.length === 0) return;
  const heads = posted.map(({ legs: _legs, ...head }) => head);
  const legs = posted.flatMap(({ id, legs }) =>
    legs.map((leg, i) => ({
      transaction_id: id,
      line_no: i + 1,
      account: leg.account,
      subscriber_id: leg.subscriberId,
      amount_centavos: leg.amountCentavos,
    }))
  );
  await sendSqlAhead(
    trx,
    sql`
    with heads as (
      insert into ledger_transactions (tenant_id, id, kind, business_on, recorded_at, bill_id, source_id, refund_id,
        description, actor)
      select ${trx.tenantId}::uuid, r.id, r.kind, r.business_on, r.recorded_at, r.bill_id, r.source_id, r.refund_id,
        r.description, r.actor
      from jsonb_to_recordset(${toRecordset(heads)}::jsonb) as r(id uuid, kind text, business_on date,
        recorded_at timestamptz, bill_id uuid, source_id uuid, refund_id uuid, description text, actor text))
    insert into ledger_entries (tenant_id, transaction_id, line_no, account, subscriber_id, amount_centavos)
    select ${trx.tenantId}::uuid, r.transaction_id, r.line_no, r.account, r.subscriber_id, r.amount_centavos
    from jsonb_to_recordset(${
      toRecordset(legs)
    }::jsonb) as r(transaction_id uuid, line_no smallint, account text,
      subscriber_id uuid, amount_centavos bigint)`,
  );
}

/**
 * What is posted from here on has a later place in the books. Where a transaction locks further subscribers after its first
 * posting: they may have been posted to meanwhile.
 */
export async function turnBookPlace(trx: TenantTransaction): Promise<void> {
  await sendSqlAhead(trx, sql`select set_config('linya.book_place', '', true)`);
}

/** What a subscriber owes on bills and what idles as credit, from the books. */
export async function findSubscriberBalance(
  trx: TenantTransaction,
  subscriberId: string,
): Promise<{ receivableCentavos: bigint; creditCentavos: bigint }> {
  const { rows } = await sql<{ receivable: bigint; credit: bigint }>`
    select coalesce(sum(amount_centavos) filter (where account = 'receivable'), 0)::bigint as receivable,
      coalesce(-sum(amount_centavos) filter (where account = 'subscriber_credit'), 0)::bigint as credit
    from ledger_entries where tenant_id = ${trx.tenantId} and subscriber_id = ${subscriberId}`.execute(trx);
  return { receivableCentavos: rows[0]?.receivable ?? 0n, creditCentavos: rows[0]?.credit ?? 0n };
}

/** What a subscriber owed right after a payment, as the books had it then; below zero is credit. */
export async function findBalanceAfter(
  trx: TenantTransaction,
  payment: { id: string; subscriber_id: string },
): Promise<bigint> {
  // Over the lines of this one subscriber: the payments of a transaction have no index of their own.
  const { rows } = await sql<{ balance: bigint }>`
    with lines as (
      select t.book_place, t.recorded_at, t.id, t.kind, t.source_id, e.amount_centavos from ledger_entries e
      join ledger_transactions t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
      where e.tenant_id = ${trx.tenantId} and e.subscriber_id = ${payment.subscriber_id}
        and e.account in ('receivable', 'subscriber_credit'))
    select coalesce(sum(amount_centavos), 0)::bigint as balance from lines
    where (book_place, recorded_at, id) <= (select p.book_place, p.recorded_at, p.id from lines p
      where p.source_id = ${payment.id} and p.kind = 'payment_posted' limit 1)`
    .execute(trx);
  return rows[0]?.balance ?? 0n;
}
