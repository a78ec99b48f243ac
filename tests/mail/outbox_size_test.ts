import assert from "node:assert/strict";
import { type RawBuilder, sql } from "kysely";
import pg from "pg";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { countHandedOver } from "@/web/store/mail/handovers.ts";
import { hasMailDue } from "@/web/store/mail/mail_due.ts";
import { listOutbox, markDoubtful, updateOutcomes } from "@/web/store/mail/outbox.ts";

const TENANTS = 3;
const EACH = 66_667;
const QUEUED = 500;
const IN_AN_HOUR = 200;

/** A past of mails: all sent in the year before, a few in the last hour, and a queue of which two are in doubt. */
async function fill(isp: Isp): Promise<void> {
  const at = isp.clock.now();
  await isp.run((trx) =>
    sql`insert into mail_messages (tenant_id, id, occasion, channel, dedupe_key, priority, subscriber_id, state, address,
        attempts, next_attempt_at, data_begun_at, created_at, created_on, created_by, sent_at)
      select ${isp.tenantId}, gen_random_uuid(), 'bill_issued', 'email', 'past:' || n, 5, ${isp
      .subscriberIds[0]!},
        case when n <= ${QUEUED} then 'queued' else 'sent' end, 'juan@example.test',
        case when n <= ${QUEUED} then 0 else 1 end, ${at}::timestamptz - interval '1 minute',
        case when n <= 2 then ${at}::timestamptz end, ${at}, '2026-01-01', 'Scheduler',
        case when n <= ${QUEUED} then null when n <= ${
      QUEUED + IN_AN_HOUR
    } then ${at}::timestamptz - interval '10 minutes'
          else ${at}::timestamptz - n * interval '7 minutes' end
      from generate_series(1, ${EACH}) n`.execute(trx)
  );
}

async function analyze({ superuserUrl }: TestDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query("analyze mail_messages");
  await client.end();
}

/** Writes of five messages that they wait as they did. */
async function waitAsBefore(trx: TenantTransaction, ids: readonly string[]): Promise<void> {
  const same = {
    state: "queued" as const,
    reason: null,
    words: null,
    address: null,
    attempts: 0,
    sentAt: null,
  };
  const rest = { nextAttemptAt: null, expiresAt: null, isPerhapsDouble: false };
  const written = await updateOutcomes(trx, ids.map((id) => ({ id, ...same, ...rest })));
  assert.equal(written.length, ids.length);
}

/** Rows of messages that this transaction has read so far, by whatever way. */
async function rowsRead(trx: TenantTransaction): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
    from pg_stat_xact_user_tables where relname = 'mail_messages'`.execute(trx);
  return rows[0]?.rows ?? 0;
}

Deno.test("what is sent next is found among 200,000 mails by reading few, with statistics and without", async (t) => {
  await using database = await createTestDatabase();
  const isps = [];
  for (let n = 0; n < TENANTS; n++) {
    const isp = await createIsp(database, { subscribers: 1 });
    await fill(isp);
    isps.push(isp);
  }
  const [isp] = isps as [Isp];
  const now = isp.clock.now();
  const moment = { now, businessNow: now };
  const ids = (await isp.run((trx) => listOutbox(trx, moment, { limit: 5, except: [] }))).map(({ id }) => id);
  const statements: [name: string, most: number, work: (trx: TenantTransaction) => Promise<unknown>][] = [
    [
      "tenants with something due",
      TENANTS * 10,
      (trx) => sql`select tenant_id from lookup_mail_due(${now}::timestamptz)`.execute(trx),
    ],
    ["the next messages", 40, (trx) => listOutbox(trx, moment, { limit: 16, except: [] })],
    ["those in doubt", 10, (trx) => markDoubtful(trx)],
    ["outcomes of five", 20, (trx) => waitAsBefore(trx, ids)],
    ["sent in an hour", IN_AN_HOUR + 10, (trx) => countHandedOver(trx, { now, minutes: 60 })],
    ["sent in a day", IN_AN_HOUR + 250, (trx) => countHandedOver(trx, { now, minutes: 24 * 60 })],
  ];
  for (const planned of ["without statistics", "with statistics"]) {
    if (planned === "with statistics") await analyze(database);
    for (const [name, most, work] of statements) {
      await t.step(`${name}, ${planned}`, async () => {
        const read = await readBy(isp, work);
        assert.ok(read <= most, `${read} rows were read, and not ${most} at most`);
      });
    }
  }
  // What the planner knows is of a time when all of it was due.
  for (const [what, change] of WAITS) {
    for (const { tenantId, run } of isps) {
      await run((trx) =>
        sql`update mail_messages set ${change(now)} where tenant_id = ${tenantId} and state = 'queued'`
          .execute(trx)
      );
    }
    for (const planned of ["old", "fresh"]) {
      if (planned === "fresh") await analyze(database);
      await t.step(`nothing is due where all ${what}, by ${planned} statistics`, async () => {
        const read = await readBy(isp, async (trx) => {
          const { rows } = await sql`select tenant_id from lookup_mail_due(${now}::timestamptz)`.execute(trx);
          assert.deepEqual(rows, []);
          assert.equal(await hasMailDue(trx, moment), false);
        });
        assert.ok(read <= TENANTS * 2, `${read} rows were read`);
      });
    }
  }
});

/** What all that is queued may wait for. */
const WAITS: readonly (readonly [what: string, change: (now: Temporal.Instant) => RawBuilder<unknown>])[] = [
  [
    "waits for the end of quiet hours",
    (now) => sql`business_after_at = ${now}::timestamptz + interval '8 hours'`,
  ],
  [
    "waits for its next try",
    (now) =>
      sql`business_after_at = null, attempts = 1, next_attempt_at = ${now}::timestamptz + interval '1 hour'`,
  ],
];

async function readBy(isp: Isp, work: (trx: TenantTransaction) => Promise<unknown>): Promise<number> {
  return await isp.run(async (trx) => {
    const before = await rowsRead(trx);
    await work(trx);
    return await rowsRead(trx) - before;
  });
}
