import assert from "node:assert/strict";
import { join } from "node:path";
import type { Kysely } from "kysely";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil } from "@/tests/billing/isp.ts";
import { listBookProblems } from "@/tests/support/books.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { executeCutRun } from "@/web/services/execute_cut_run.ts";
import { issueBills } from "@/web/services/issue_bills.ts";
import { openDatabase } from "@/web/store/database.ts";
import type { Database } from "@/web/store/schema.ts";
import { findScheduledRun } from "@/web/store/runs.ts";
import { APPLICATION_NAME, type Work } from "./_service_loop.ts";

const SUBSCRIBERS = 150;
const KILLS = { bills: 8, cut: 8, payments: 10 };

Deno.test("a bill run that is killed and started again issues the bills that one run issues, number by number", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
  await liveUntil(isp, "2026-02-01T00:04");
  await using unkilled = await cloneOf(database);
  isp.clock.set("2026-02-01T00:05:00+08:00");
  const businessOn = Temporal.PlainDate.from("2026-02-01");
  const ranOnce = assertOk(
    await issueBills({ ...isp.context, db: unkilled.db }, isp.tenantId, SCHEDULED, {
      businessOn,
      trigger: "scheduled",
      batchSize: 3,
    }),
  );
  assert.equal(ranOnce.issued, SUBSCRIBERS);

  const kills = await killUntilDone(
    database,
    workOf(database, isp, { kind: "bills", businessOn: "2026-02-01", batchSize: 3 }),
    KILLS.bills,
  );
  assert.ok(kills >= KILLS.bills, `only ${kills} kills`);
  assert.equal(await hashOf(database, isp, BILLS), await hashOf(unkilled, isp, BILLS));
  const again = assertOk(
    await issueBills(isp.context, isp.tenantId, SCHEDULED, { businessOn, trigger: "scheduled" }),
  );
  assert.equal(again.issued, SUBSCRIBERS);
  assert.equal(await hashOf(database, isp, BILLS), await hashOf(unkilled, isp, BILLS));
  await assertBooks(database, isp);
});

Deno.test("a cut run that is killed and started again cuts whom one run cuts, and nobody who paid meanwhile", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
  await liveUntil(isp, "2026-02-14T08:59");
  const run = await isp.run((trx) => findScheduledRun(trx, "cut", Temporal.PlainDate.from("2026-02-14")));
  assert.equal(run?.total, SUBSCRIBERS);
  const payers = isp.subscriberIds.filter((_, i) => i % 3 === 0);
  await killUntilDone(database, workOf(database, isp, paymentsOf(payers)), 0);
  await using unkilled = await cloneOf(database);
  isp.clock.set("2026-02-14T09:00:00+08:00");
  const runId = run.id;
  const once = assertOk(
    await executeCutRun({ ...isp.context, db: unkilled.db }, isp.tenantId, SCHEDULED, {
      runId,
      chunkSize: 4,
    }),
  );
  assert.equal(once.cut, SUBSCRIBERS - payers.length);

  const kills = await killUntilDone(
    database,
    workOf(database, isp, { kind: "cut", runId, chunkSize: 4 }),
    KILLS.cut,
  );
  assert.ok(kills >= KILLS.cut, `only ${kills} kills`);
  assert.equal(await hashOf(database, isp, SERVICE), await hashOf(unkilled, isp, SERVICE));
  await assertBooks(database, isp);
});

Deno.test("payments survive kills of the process that posts them: none acknowledged is lost, none is doubled", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 40 });
  await liveUntil(isp, "2026-02-02T00:10");
  const job = paymentsOf(Array.from({ length: 600 }, (_, i) => isp.subscriberIds[i % 40]!));
  const acknowledged = new Map<string, string>();
  let kills = 0;
  const left = () => job.payments.filter(({ key }) => !acknowledged.has(key));
  while (left().length > 0) {
    const loop = new Loop(workOf(database, isp, { ...job, payments: left() }));
    const enough = acknowledged.size +
      (kills < KILLS.payments ? 10 + Math.floor(Math.random() * 40) : 10_000);
    for await (const line of loop.lines()) {
      const [word, key, number] = line.split(" ");
      if (word === "ok" && key !== undefined && number !== undefined) acknowledged.set(key, number);
      else assert.ok(word === "started" || word === "done", line);
      if (acknowledged.size >= enough && loop.kill()) kills++;
    }
    await loop.settled(database);
  }
  assert.ok(kills >= KILLS.payments, `only ${kills} kills`);
  const rows = await query<{ key: string; number: string }>(
    database,
    "select idempotency_key as key, number from payments where tenant_id = $1",
    [isp.tenantId],
  );
  assert.equal(rows.length, job.payments.length);
  for (const { key, number } of rows) assert.equal(acknowledged.get(key), number);
  await assertBooks(database, isp);
});

const SCHEDULED = { label: "Scheduler", staffUserId: null };

function workOf(database: TestDatabase, isp: Isp, job: Work["job"]): Work {
  return { url: database.appUrl, tenantId: isp.tenantId, now: isp.clock.now().toString(), job };
}

function paymentsOf(subscriberIds: readonly string[]): Extract<Work["job"], { kind: "payments" }> {
  const payments = subscriberIds.map((subscriberId, i) => ({
    subscriberId,
    centavos: 100_000 - (i % 7) * 100 * (subscriberIds.length > 100 ? 1 : 0),
    key: `kill-test-${i}-${crypto.randomUUID()}`,
  }));
  return { kind: "payments", payments };
}

/** The program, once. */
class Loop {
  readonly #child: Deno.ChildProcess;
  #isKilled = false;

  constructor(work: Work) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--quiet",
        join(import.meta.dirname ?? "", "_service_loop.ts"),
        JSON.stringify(work),
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  }

  /** SIGKILL; false when it was killed before. */
  kill(): boolean {
    if (this.#isKilled) return false;
    this.#isKilled = true;
    try {
      this.#child.kill("SIGKILL");
      return true;
    } catch (error) {
      // It had ended by itself.
      if (!(error instanceof TypeError)) throw error;
      return false;
    }
  }

  /** What it prints, until it ends. A torn last line is left out. */
  async *lines(): AsyncGenerator<string> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
  }

  /** Waits until the database has seen it go as well; gives its exit code. */
  async settled(database: TestDatabase): Promise<number> {
    const { code } = await this.#child.status;
    const others =
      "select count(*)::int as n from pg_stat_activity where datname = $1 and application_name = $2";
    await until(async () => {
      const [row] = await query<{ n: number }>(database, others, [database.name, APPLICATION_NAME]);
      return row?.n === 0;
    }, { what: "the killed program's connections end" });
    return code;
  }
}

/** Runs the work, killing it at random moments until it was killed often enough; then lets it end. Gives the kills. */
async function killUntilDone(database: TestDatabase, work: Work, wanted: number): Promise<number> {
  for (let kills = 0;;) {
    const loop = new Loop(work);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isDone = false;
    for await (const line of loop.lines()) {
      if (line === "started" && kills < wanted) {
        timer = setTimeout(() => loop.kill(), 20 + Math.random() * 60);
      }
      if (line === "done") isDone = true;
    }
    clearTimeout(timer);
    const code = await loop.settled(database);
    if (isDone) {
      assert.equal(code === 0 || code === 137, true);
      return kills;
    }
    assert.equal(code, 137, "the program ended by itself with an error");
    kills++;
  }
}

/** A database with the same rows, as it is now. */
async function cloneOf(database: TestDatabase): Promise<Clone> {
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  const [appUrl, superuserUrl] = [database.appUrl, database.superuserUrl].map((url) => onDatabase(url, name));
  assert.ok(appUrl !== undefined && superuserUrl !== undefined);
  // Only a database that nobody uses can be copied; the pool of the first opens its connections again by itself.
  const end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
  await until(async () => {
    await query({ superuserUrl: onDatabase(database.superuserUrl, "postgres") }, end, [database.name]);
    await query(
      { superuserUrl: onDatabase(database.superuserUrl, "postgres") },
      `create database ${name} template ${database.name} strategy file_copy`,
    );
    return true;
  }, { what: "the database is copied" });
  const { db, close } = openDatabase({ url: appUrl, maxConnections: 2, log: silentLogger });
  return {
    db,
    superuserUrl,
    async [Symbol.asyncDispose]() {
      await close();
      await query({ superuserUrl: database.superuserUrl }, `drop database ${name} with (force)`);
    },
  };
}

interface Clone extends AsyncDisposable {
  db: Kysely<Database>;
  superuserUrl: string;
}

function onDatabase(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

async function query<Row extends pg.QueryResultRow>(
  { superuserUrl }: { superuserUrl: string },
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Everything that a bill run writes, without ids and times. */
const BILLS = `
  select concat_ws(',', c.ppp_name, b.number, b.status, b.period_start, b.period_end, b.issued_on, b.due_on,
    b.grace_days, b.total_centavos, b.paid_centavos, (select string_agg(concat_ws(':', l.kind, l.description,
    l.amount_centavos), ';' order by l.line_no) from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id)
    ) as line from bills b join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
    where b.tenant_id = $1
  union all
  select concat_ws(',', t.kind, t.business_on, t.description, e.account, s.account_number, e.amount_centavos)
    from ledger_transactions t join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
    left join subscribers s on s.tenant_id = e.tenant_id and s.id = e.subscriber_id where t.tenant_id = $1
  union all
  select concat_ws(',', c.ppp_name, c.billed_through_on, c.next_bill_on) from subscriptions c where c.tenant_id = $1
  union all
  select concat_ws(',', r.kind, r.business_on, r.status, r.total, r.changed, r.skipped, r.failed, r.amount_centavos)
    from runs r where r.tenant_id = $1
  union all
  select concat_ws(',', n.series, n.next_value) from number_series n where n.tenant_id = $1`;

/** Everything that a cut run writes, without ids and times. */
const SERVICE = `
  select concat_ws(',', d.ppp_name, d.is_disabled, d.generation, a.kind, a.run_id, a.names) as line
    from desired_secrets d left join disable_authorisations a on a.tenant_id = d.tenant_id and a.id = d.authorisation_id
    where d.tenant_id = $1
  union all
  select concat_ws(',', k.subscription_id, k.reason, k.note, k.run_id, k.removed_at is null) from block_reasons k
    where k.tenant_id = $1
  union all
  select concat_ws(',', w.subscription_id, w.outcome, w.balance_centavos, w.reason) from run_rows w where w.tenant_id = $1
  union all
  select concat_ws(',', r.id, r.status, r.total, r.changed, r.skipped) from runs r where r.tenant_id = $1
  union all
  select concat_ws(',', s.router_id, s.generation, s.hash) from router_states s where s.tenant_id = $1`;

async function hashOf(database: { superuserUrl: string }, isp: Isp, lines: string): Promise<string> {
  const text = `select md5(string_agg(line, chr(10) order by line)) as hash from (${lines}) content`;
  const [row] = await query<{ hash: string }>(database, text, [isp.tenantId]);
  return row?.hash ?? "";
}

async function assertBooks(database: TestDatabase, isp: Isp): Promise<void> {
  await assertBooksHold(isp);
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    assert.deepEqual(await listBookProblems(client, isp.tenantId), []);
  } finally {
    await client.end();
  }
}
