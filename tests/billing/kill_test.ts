import assert from "node:assert/strict";
import { sql } from "kysely";
import { sha256Hex } from "@/shared/crypto/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { creditOutagesOfDay } from "@/web/services/billing/credit_outages.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { planCutRun } from "@/web/services/cuts/plan_cut_run.ts";
import { assertBooksHold, createIsp, type Isp, offNow, todayOf } from "./isp.ts";
import { out, set } from "./outage_isp.ts";

const SUBSCRIBERS = 3000;
const KILLS = 10;
/** About three batches of bills, of which a run has thirty: it cannot be over before it has been killed ten times. */
const STATEMENTS = 40;

Deno.test("a bill run that is killed ten times and finished issues the same bills as one that is not", async () => {
  await using database = await createTestDatabase();
  const undisturbed = await createIsp(database, { subscribers: SUBSCRIBERS });
  const killed = await createIsp(database, { subscribers: SUBSCRIBERS });
  for (const isp of [undisturbed, killed]) isp.clock.set("2026-02-01T00:05:00+08:00");
  await bill(undisturbed);
  let kills = 0;
  while (kills < KILLS && await runAndKill(database, killed, ["bill"])) kills++;
  assert.equal(kills, KILLS, "the run was over before it had been killed ten times");
  await bill(killed);
  assert.equal(await billsHash(killed), await billsHash(undisturbed));
  await assertBooksHold(killed);
});

Deno.test("two bill runs at the same time issue each bill once, with numbers without gaps", async () => {
  await using database = await createTestDatabase();
  const alone = await createIsp(database, { subscribers: 900 });
  const together = await createIsp(database, { subscribers: 900 });
  for (const isp of [alone, together]) isp.clock.set("2026-02-01T00:05:00+08:00");
  await bill(alone);
  await Promise.all([bill(together), bill(together), bill(together)]);
  assert.equal(await billsHash(together), await billsHash(alone));
  await assertBooksHold(together);
});

Deno.test("a cut run that is killed again and again cuts exactly its list once", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1500 });
  isp.clock.set("2026-02-01T00:05:00+08:00");
  await bill(isp);
  isp.clock.set("2026-02-14T09:00:00+08:00");
  const plan = assertOk(
    await planCutRun(isp.context, isp.tenantId, isp.actor, {
      businessOn: todayOf(isp),
      trigger: "scheduled",
    }),
  );
  let kills = 0;
  while (kills < 5 && await runAndKill(database, isp, ["cut", plan.runId])) kills++;
  assert.equal(kills, 5, "the run was over before it had been killed five times");
  const result = assertOk(await executeCutRun(isp.context, isp.tenantId, isp.actor, { runId: plan.runId }));
  assert.deepEqual([result.cut, result.kept], [1500, 0]);
  assert.equal((await offNow(isp)).length, 1500);
  const { rows } = await isp.run((trx) =>
    sql<{ names: number; reasons: number }>`
      select (select sum(cardinality(names))::int from disable_authorisations where tenant_id = ${isp.tenantId}) as names,
        (select count(*)::int from block_reasons where tenant_id = ${isp.tenantId}) as reasons`.execute(trx)
  );
  assert.deepEqual(rows, [{ names: 1500, reasons: 1500 }]);
  await assertBooksHold(isp);
});

Deno.test("two processes that race for the bills and the cuts of a day do what one does", async () => {
  await using database = await createTestDatabase();
  const alone = await createIsp(database, { subscribers: 600 });
  const raced = await createIsp(database, { subscribers: 600 });
  for (const isp of [alone, raced]) isp.clock.set("2026-02-01T00:05:00+08:00");
  await bill(alone);
  await Promise.all([runBeside(database, raced, ["bill"]), runBeside(database, raced, ["bill"])]);
  assert.equal(await billsHash(raced), await billsHash(alone));
  raced.clock.set("2026-02-14T09:00:00+08:00");
  const day = { businessOn: todayOf(raced), trigger: "scheduled" as const };
  const { runId } = assertOk(await planCutRun(raced.context, raced.tenantId, raced.actor, day));
  await Promise.all([runBeside(database, raced, ["cut", runId]), runBeside(database, raced, ["cut", runId])]);
  const result = assertOk(await executeCutRun(raced.context, raced.tenantId, raced.actor, { runId }));
  assert.deepEqual([result.cut, result.kept], [600, 0]);
  await assertBooksHold(raced);
});

Deno.test("outage credit that is killed again and again, and raced, gives each connection what it is owed once", async () => {
  await using database = await createTestDatabase();
  const undisturbed = await createIsp(database, { subscribers: 1200 });
  const killed = await createIsp(database, { subscribers: 1200 });
  for (const isp of [undisturbed, killed]) {
    isp.clock.set("2026-02-01T00:05:00+08:00");
    await bill(isp);
    await set(isp, { outage_credit: "automatic" });
    await out(isp, "2026-01-10T00:00", "2026-01-12T06:30");
  }
  const day = { businessOn: todayOf(killed) };
  assertOk(await creditOutagesOfDay(undisturbed.context, undisturbed.tenantId, undisturbed.actor, day));
  let kills = 0;
  while (kills < 5 && await runAndKill(database, killed, ["outages"])) kills++;
  assert.equal(kills, 5, "it was over before it had been killed five times");
  await Promise.all([
    runBeside(database, killed, ["outages"]),
    creditOutagesOfDay(killed.context, killed.tenantId, killed.actor, day),
  ]);
  assert.deepEqual(await creditsOf(killed), await creditsOf(undisturbed));
  assert.equal((await creditsOf(killed)).length, 1200);
  await assertBooksHold(killed);
});

/** What was credited to whom, on which bill, in the ledger and in the audit. */
async function creditsOf(isp: Isp) {
  const { rows } = await isp.run(async (trx) => {
    await sql`select set_config('enable_nestloop', 'off', true)`.execute(trx);
    return await sql<Record<string, unknown>>`
      select c.ppp_name, g.period_start::text, g.part, g.minutes, m.amount_centavos::text as amount,
        b.paid_centavos::text as paid, array_agg(e.account || e.amount_centavos order by e.account, e.amount_centavos) as entries,
        (select count(*)::int from audit_entries u where u.tenant_id = m.tenant_id and u.subject_id = m.id::text) as audits
      from outage_credits g join credit_memos m on m.tenant_id = g.tenant_id and m.id = g.memo_id
      join subscriptions c on c.tenant_id = g.tenant_id and c.id = g.subscription_id
      join bills b on b.tenant_id = g.tenant_id and b.id = g.bill_id
      join ledger_transactions t on t.tenant_id = g.tenant_id and t.source_id = m.id
      join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
      where g.tenant_id = ${isp.tenantId} group by c.ppp_name, g.period_start, g.part, g.minutes, m.tenant_id, m.id,
        m.amount_centavos, b.paid_centavos order by 1, 2, 3`.execute(trx);
  });
  return rows;
}

async function bill(isp: Isp): Promise<void> {
  const input = { businessOn: todayOf(isp), trigger: "scheduled", batchSize: 100 } as const;
  assertOk(await issueBills(isp.context, isp.tenantId, isp.actor, input));
}

/** A run in a process of its own that nobody kills. */
async function runBeside(database: TestDatabase, isp: Isp, task: string[]): Promise<void> {
  const script = new URL("./run_child.ts", import.meta.url).pathname;
  const given = [database.appUrl, isp.tenantId, isp.clock.now().toString(), "0", ...task];
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", script, ...given] });
  assert.equal((await child.spawn().status).code, 0);
}

/** Starts a run in a process of its own that is killed at any statement of its first batches; false when it ended. */
async function runAndKill(database: TestDatabase, isp: Isp, task: string[]): Promise<boolean> {
  const script = new URL("./run_child.ts", import.meta.url).pathname;
  const killAt = String(1 + Math.floor(Math.random() * STATEMENTS));
  const given = [database.appUrl, isp.tenantId, isp.clock.now().toString(), killAt, ...task];
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", script, ...given] });
  return (await child.spawn().status).signal === "SIGKILL";
}

/** What the bills say, without ids, numbers and times. */
async function billsHash(isp: Isp): Promise<string> {
  const { rows } = await isp.run(async (trx) => {
    // The tables have grown faster than the database counts them: row by row this takes longer than a statement may.
    await sql`select set_config('enable_nestloop', 'off', true)`.execute(trx);
    return await sql<Record<string, string>>`
      select c.ppp_name, b.period_start::text, b.period_end::text, b.issued_on::text, b.due_on::text,
        b.total_centavos::text as total, l.description, l.amount_centavos::text as amount, e.account,
        e.amount_centavos::text as entry, c.next_bill_on::text, c.billed_through_on::text
      from bills b join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
      join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id
      join ledger_transactions t on t.tenant_id = b.tenant_id and t.bill_id = b.id
      join ledger_entries e on e.tenant_id = t.tenant_id and e.transaction_id = t.id
      where b.tenant_id = ${isp.tenantId} order by c.ppp_name, b.period_start, l.line_no, e.line_no`.execute(
      trx,
    );
  });
  assert.ok(rows.length > 0);
  return await sha256Hex(JSON.stringify(rows));
}
