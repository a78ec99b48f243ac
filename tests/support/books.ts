import type pg from "pg";

/**
 * What is wrong with a tenant's money, asked in SQL that shares nothing with the product (R20). Empty when the books
 * hold: trial balance, double entry, receivables and credit against bills and payments, numbers without gaps or twins.
 *
 * @param client as superuser, so that row level security hides nothing
 */
export async function listBookProblems(client: pg.ClientBase, tenantId: string): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, text] of Object.entries(CHECKS)) {
    const { rows } = await client.query<{ problem: string }>(text, [tenantId]);
    problems.push(...rows.map(({ problem }) => `${name}: ${problem}`));
  }
  return problems;
}

const CHECKS: Readonly<Record<string, string>> = {
  "trial balance":
    `select 'sums to ' || sum(amount_centavos) as problem from ledger_entries where tenant_id = $1
    having coalesce(sum(amount_centavos), 0) <> 0`,
  "double entry": `select transaction_id::text as problem from ledger_entries where tenant_id = $1
    group by transaction_id having sum(amount_centavos) <> 0 or count(*) < 2`,
  "money received": `with booked as (select coalesce(sum(e.amount_centavos), 0) as total from ledger_entries e
      join ledger_transactions t on t.tenant_id = e.tenant_id and t.id = e.transaction_id
      where e.tenant_id = $1 and t.kind in ('payment_posted', 'payment_reversed') and e.amount_centavos > 0
        and t.kind = 'payment_posted'),
    posted as (select coalesce(sum(amount_centavos), 0) as total from payments where tenant_id = $1)
    select booked.total || ' booked, ' || posted.total || ' posted' as problem from booked, posted
    where booked.total <> posted.total`,
  "owed": `with ledger as (select coalesce(sum(amount_centavos), 0) as total from ledger_entries
      where tenant_id = $1 and account = 'receivable'),
    open as (select coalesce(sum(total_centavos - paid_centavos), 0) as total from bills
      where tenant_id = $1 and status = 'issued')
    select ledger.total || ' in the ledger, ' || open.total || ' on bills' as problem from ledger, open
    where ledger.total <> open.total`,
  "one payment a key":
    `select idempotency_key || ' ' || count(*) as problem from payments where tenant_id = $1
    group by idempotency_key having count(*) > 1`,
  "one ledger transaction a payment": `select p.number || ' has ' || count(t.id) as problem from payments p
    left join ledger_transactions t on t.tenant_id = p.tenant_id and t.source_id = p.id and t.kind = 'payment_posted'
    where p.tenant_id = $1 group by p.number having count(t.id) <> 1`,
  "one bill a period": `select subscription_id || ' ' || period_start as problem from bills
    where tenant_id = $1 and status <> 'void' group by subscription_id, period_start having count(*) > 1`,
  "bill numbers":
    `select 'highest ' || max(right(number, 6)::int) || ' of ' || count(number) as problem from bills
    where tenant_id = $1 having count(number) > 0 and max(right(number, 6)::int) <> count(distinct number)`,
  "payment numbers": `select 'highest ' || max(right(number, 6)::int) || ' of ' || count(number) as problem
    from payments where tenant_id = $1 having count(*) > 0 and max(right(number, 6)::int) <> count(distinct number)`,
  "paid is what was allocated": `select b.number || ' paid ' || b.paid_centavos as problem from bills b
    where b.tenant_id = $1 and b.paid_centavos <> (select coalesce(sum(a.amount_centavos), 0) from allocations a
      where a.tenant_id = b.tenant_id and a.bill_id = b.id and a.released_at is null)`,
};
