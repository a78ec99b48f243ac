import assert from "node:assert/strict";
import { sql } from "kysely";
import pg from "pg";
import { createIsp, liveUntil } from "@/tests/billing/isp.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listMailable } from "@/web/store/mail/mailable.ts";
import { listRemindable } from "@/web/store/mail/remind.ts";
import { giveAddresses, setServer } from "./mail_isp.ts";

const BILLS = 40;
const OLD_MAILS = 200;

/** Rows of the messages that the work of a transaction has read. */
async function readBy(trx: TenantTransaction, work: () => Promise<unknown>): Promise<number> {
  const look = async () => {
    const { rows } = await sql<{ rows: number }>`
      select (coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0))::int as rows from pg_stat_xact_user_tables
      where relname = 'mail_messages'`.execute(trx);
    return rows[0]?.rows ?? 0;
  };
  const before = await look();
  await work();
  return await look() - before;
}

/** As the owner of the tables: nobody else may. */
async function analyze({ superuserUrl }: TestDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query("analyze mail_messages, bills");
  await client.end();
}

Deno.test("a question about many bills reads messages once and not once for each bill, with statistics and without", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: BILLS });
  await giveAddresses(isp);
  await setServer(isp);
  await liveUntil(isp, "2026-02-02T12:00");
  const today = Temporal.PlainDate.from("2026-02-02");
  const ids = await isp.run(async (trx) => {
    await sql`insert into mail_messages (tenant_id, id, occasion, dedupe_key, priority, subscriber_id, state, address,
        next_attempt_at, created_at, created_on, created_by)
      select b.tenant_id, gen_random_uuid(), case when i % 2 = 0 then 'reminder' else 'bill_issued' end,
        'remind:' || i || b.id, 3, b.subscriber_id, 'sent', 'a@mail.test', now(), now(), ${today}::date - (i % 30), 'Ana'
      from bills b, generate_series(1, ${OLD_MAILS}) i where b.tenant_id = ${trx.tenantId}`.execute(trx);
    return (await trx.selectFrom("bills").select("id").where("tenant_id", "=", trx.tenantId).execute())
      .map(({ id }) => id);
  });
  assert.equal(ids.length, BILLS);
  for (const hasStatistics of [false, true]) {
    if (hasStatistics) await analyze(database);
    for (const list of [listMailable, listRemindable]) {
      const rows = await isp.run((trx) => readBy(trx, () => list(trx, ids, today)));
      assert.ok(rows <= BILLS * (OLD_MAILS + 2), `${list.name} read ${rows} rows`);
    }
  }
});
