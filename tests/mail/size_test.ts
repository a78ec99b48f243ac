import assert from "node:assert/strict";
import { sql } from "kysely";
import pg from "pg";
import { createIsp } from "@/tests/billing/isp.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  countSystemLines,
  listSystemLog,
  SEARCHED_LINES,
  type SystemLogFilter,
} from "@/web/store/access/system_log_page.ts";
import { listTimeline } from "@/web/store/subscribers/timeline.ts";
import { countMailsByState, listMails, type MailFilter } from "@/web/store/mail/mail_page.ts";

/** Enough that the planner would not read the table whole for a page of it. */
const ROWS = 60_000;
const SUBSCRIBERS = 500;
const PAGE = { limit: 50 };
/** Counts stop at ten thousand: of what a third of all rows are, whoever reads them in their order reads three times as many. */
const COUNTED = 32_000;

/** Ids as the web makes them: in the order of their time. */
const UUID =
  `(lpad(to_hex((extract(epoch from t) * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 19))::uuid`;

async function fill(database: TestDatabase, tenantId: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  const from = `from generate_series(1, ${ROWS}) i
    join (select id, row_number() over (order by account_number) - 1 as n from subscribers) s on s.n = i % ${SUBSCRIBERS},
    lateral (select timestamptz '2025-02-01' + i * interval '500 seconds' as t) x`;
  await client.query(
    `insert into mail_messages (tenant_id, id, occasion, dedupe_key, priority, subscriber_id, state, reason, address,
        next_attempt_at, created_at, created_on, created_by)
      select '${tenantId}', ${UUID}, case when i % 3 = 0 then 'reminder' else 'bill_issued' end, 'k:' || i, 3, s.id,
        case when i % 200 = 0 then 'failed' when i > ${ROWS} - 20 then 'queued' else 'sent' end,
        case when i % 200 = 0 then 'server_busy' end, 'a@mail.test', t, t, t::date, 'Scheduler' ${from}`,
  );
  await client.query(
    `insert into system_log (tenant_id, id, at, level, event, message, source, subscriber_id, reference)
      select '${tenantId}', ${UUID}, t, case when i % 500 = 0 then 'error' else 'info' end, 'tested', 'Line ' || i,
        (array['mail', 'jobs', 'agents'])[1 + i % 3], case when i % 2 = 0 then s.id end, md5(i::text) ${from}`,
  );
  await client.query("vacuum analyze");
  await client.end();
}

/** Rows of a table that the work of a transaction has read, and how often it read the table from end to end. */
async function readBy(
  trx: TenantTransaction,
  table: string,
  work: () => Promise<unknown>,
): Promise<{ whole: number; rows: number }> {
  const look = async () => {
    const { rows } = await sql<{ whole: number; rows: number }>`
      select coalesce(seq_scan, 0)::int as whole, (coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0))::int as rows
      from pg_stat_xact_user_tables where relname = ${table}`.execute(trx);
    return rows[0] ?? { whole: 0, rows: 0 };
  };
  const before = await look();
  await work();
  const after = await look();
  return { whole: after.whole - before.whole, rows: after.rows - before.rows };
}

Deno.test("a page of mail or of the system log reads about as many rows as it shows, however many there are", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
  await fill(database, isp.tenantId);
  const subscriberId = isp.subscriberIds[7]!;
  const day = Temporal.PlainDate.from("2025-03-01");
  const mails: [MailFilter, number][] = [
    [{}, 200],
    [{ state: "failed" }, 200],
    [{ state: "queued" }, 200],
    [{ state: "refused" }, 200],
    [{ occasion: "reminder" }, 200],
    [{ occasion: "restored" }, 200],
    [{ reason: "server_busy" }, 200],
    [{ reason: "bill_void" }, 200],
    [{ subscriberId }, 400],
    [{ from: day, to: day }, 400],
    [{ q: "00077" }, 600],
    [{ q: "nobody-is-called-this" }, 200],
  ];
  const start = day.toZonedDateTime("Asia/Manila").toInstant();
  const lines: [SystemLogFilter, number][] = ([
    [{}, 200],
    [{ level: "error" }, 200],
    [{ level: "warn" }, 200],
    [{ source: "agents" }, 200],
    [{ source: "gateway" }, 200],
    [{ subscriberId }, 400],
    [{ since: start, until: start.add({ hours: 24 }) }, 400],
    [{ search: { text: "c4ca4238a0b9", codes: [], kinds: [] } }, SEARCHED_LINES + 400],
  ] as [Omit<SystemLogFilter, "withSignIns">, number][])
    .map(([filter, most]) => [{ ...filter, withSignIns: true }, most]);
  await isp.run(async (trx) => {
    for (const [filter, most] of mails) {
      const read = await readBy(trx, "mail_messages", () => listMails(trx, filter, PAGE));
      const what = `mail ${JSON.stringify(filter)}: ${JSON.stringify(read)}`;
      assert.ok(read.whole === 0 && read.rows <= most, what);
      const counted = await readBy(trx, "mail_messages", () => countMailsByState(trx, filter));
      assert.ok(counted.rows <= COUNTED, `count of ${what}: ${JSON.stringify(counted)}`);
    }
    for (const [filter, most] of lines) {
      const read = await readBy(trx, "system_log", () => listSystemLog(trx, filter, PAGE));
      const what = `log ${JSON.stringify(filter)}: ${JSON.stringify(read)}`;
      assert.ok(read.whole === 0 && read.rows <= most, what);
      const counted = await readBy(trx, "system_log", () => countSystemLines(trx, filter));
      assert.ok(counted.rows <= COUNTED, `count of ${what}: ${JSON.stringify(counted)}`);
    }
    const timeline = await readBy(trx, "mail_messages", () => listTimeline(trx, subscriberId, PAGE));
    assert.ok(timeline.whole === 0 && timeline.rows <= 200, `timeline: ${JSON.stringify(timeline)}`);
    const { next } = await listMails(trx, {}, PAGE);
    const second = await readBy(trx, "mail_messages", () => listMails(trx, {}, { ...PAGE, after: next! }));
    assert.ok(second.whole === 0 && second.rows <= 200, JSON.stringify(second));
  });
});
