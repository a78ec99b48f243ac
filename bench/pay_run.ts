import type pg from "pg";

/** Whoever runs statements as the superuser. */
interface Asks {
  query(text: string, values?: unknown[]): Promise<pg.QueryResult>;
}

/**
 * Pays the bills of a run in full, all but one of twenty, as so many postings would have left the books: a year of history
 * one by one would take an hour.
 */
export async function payRun(
  database: Asks,
  { tenantId, runId, on }: { tenantId: string; runId: string; on: Temporal.PlainDate },
): Promise<void> {
  await database.query(
    `create temporary table if not exists paying (tenant_id uuid, bill_id uuid, subscriber_id uuid,
    amount bigint, source_id uuid, post_id uuid, share_id uuid, n bigint)`,
  );
  await database.query("truncate paying");
  await database.query(
    `insert into paying select b.tenant_id, b.id, b.subscriber_id, b.total_centavos, gen_random_uuid(), gen_random_uuid(),
      gen_random_uuid(), row_number() over (order by b.id)
    from bills b where b.tenant_id = $1 and b.run_id = $2 and b.total_centavos > b.paid_centavos
      and abs(hashtext(b.subscriber_id::text)) % 20 > 0`,
    [tenantId, runId],
  );
  for (const text of STATEMENTS) await database.query(text, text.includes("$1") ? [on.toString()] : []);
}

const AT = "($1::date + time '10:00') at time zone 'Asia/Manila'";

const STATEMENTS = [
  `insert into number_series (tenant_id, series, prefix, pad, next_value)
    select distinct tenant_id, 'payment', 'OR-', 6, 1 from paying on conflict do nothing`,
  `insert into payments (tenant_id, id, subscriber_id, number, method, amount_centavos, received_on, recorded_at,
      recorded_on, recorded_by, status, idempotency_key, request_hash)
    select p.tenant_id, p.source_id, p.subscriber_id, 'OR-' || lpad((s.next_value + p.n - 1)::text, 6, '0'), 'cash',
      p.amount, $1, ${AT}, $1, 'Bench', 'posted', p.source_id::text, ''
    from paying p join number_series s on s.tenant_id = p.tenant_id and s.series = 'payment'`,
  `update number_series s set next_value = s.next_value + p.n from (select tenant_id, count(*) as n from paying group by 1) p
    where s.tenant_id = p.tenant_id and s.series = 'payment'`,
  `insert into credit_sources (tenant_id, id, subscriber_id, kind, number, amount_centavos, used_centavos, received_on,
      created_at)
    select p.tenant_id, p.source_id, p.subscriber_id, 'payment', q.number, p.amount, p.amount, $1, ${AT}
    from paying p join payments q on q.tenant_id = p.tenant_id and q.id = p.source_id`,
  `insert into allocations (tenant_id, id, source_id, bill_id, line_no, amount_centavos, created_at)
    select p.tenant_id, case l.line_no when 1 then p.share_id else gen_random_uuid() end, p.source_id, p.bill_id,
      l.line_no, l.amount_centavos, ${AT}
    from paying p join bill_lines l on l.tenant_id = p.tenant_id and l.bill_id = p.bill_id`,
  `update bills b set paid_centavos = p.amount from paying p where b.tenant_id = p.tenant_id and b.id = p.bill_id`,
  `update bill_lines l set settled_centavos = l.amount_centavos from paying p
    where l.tenant_id = p.tenant_id and l.bill_id = p.bill_id`,
  ...posting("post_id", "payment_posted", "cash:cash", null, "subscriber_credit", "subscriber_id"),
  ...posting(
    "share_id",
    "credit_applied",
    "subscriber_credit",
    "subscriber_id",
    "receivable",
    "subscriber_id",
  ),
];

/** Head and legs come in one statement: the database takes a transaction only whole. */
function posting(
  id: string,
  kind: string,
  debit: string,
  debitOf: string | null,
  credit: string,
  creditOf: string,
) {
  const bill = kind === "credit_applied" ? "bill_id" : "null::uuid";
  const leg = (line: number, account: string, of: string | null, sign: string) =>
    `select tenant_id, ${id}, ${line}::smallint, '${account}', ${
      of ?? "null::uuid"
    }, ${sign}amount from paying`;
  return [`with head as (
      insert into ledger_transactions (tenant_id, id, kind, business_on, recorded_at, bill_id, source_id, description, actor)
      select tenant_id, ${id}, '${kind}', $1, ${AT}, ${bill}, source_id, '', 'Bench' from paying)
    insert into ledger_entries (tenant_id, transaction_id, line_no, account, subscriber_id, amount_centavos)
    ${leg(1, debit, debitOf, "")} union all ${leg(2, credit, creditOf, "-")}`];
}
