import pg from "pg";
import type { Isp } from "@/tests/billing/isp.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";

/** A log of years; its hashes are none, which no page looks at. */
export async function insertManyEntries(
  database: TestDatabase,
  { tenantId, subscriberIds }: Isp,
  count: number,
): Promise<void> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query(
    `insert into audit_entries (tenant_id, sequence, at, business_on, actor, actor_kind, action, subject_kind,
        subject_id, subscriber_id, summary, details, ip, request_id, previous_hash, hash)
      select '${tenantId}', i, t, t::date, case when i % 5000 = 0 then 'Rare' else 'Person ' || i % 20 end, 'staff',
        case when i % 1000 = 0 then 'plan.updated' else 'payment.recorded' end,
        case when i % 1000 = 0 then 'plan' else 'payment' end, gen_random_uuid()::text, s.id,
        '{"code":"plain","values":{"text":"Entry ' || i || '"}}', '{"amount_centavos":"100"}', '203.0.113.' || i % 250,
        md5(i::text), decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
      from generate_series(1, ${count}) i
      join (select id, row_number() over (order by account_number) - 1 as n from subscribers) s on s.n = i % ${subscriberIds.length},
      lateral (select timestamptz '2025-02-01' + i * interval '300 seconds' as t) x`,
  );
  await client.query("vacuum analyze");
  await client.end();
}
