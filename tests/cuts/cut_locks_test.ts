import assert from "node:assert/strict";
import pg from "pg";
import { createIsp, type Isp, offNow, pay, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { planCutRun } from "@/web/services/cuts/plan_cut_run.ts";

/** Everybody was billed, it is the hour of cuts, and the list is made of whoever has not paid. */
async function listTonight(
  database: TestDatabase,
  paid: readonly number[],
): Promise<{ isp: Isp; runId: string }> {
  const isp = await createIsp(database, { subscribers: 3 });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  isp.clock.set("2026-02-01T00:05:00+08:00");
  assertOk(await issueBills(...call, { businessOn: todayOf(isp), trigger: "scheduled" }));
  for (const n of paid) await pay(isp, n, 1000);
  isp.clock.set("2026-02-14T09:00:00+08:00");
  const { runId } = assertOk(await planCutRun(...call, { businessOn: todayOf(isp), trigger: "scheduled" }));
  return { isp, runId };
}

/** A transaction of somebody else. */
async function openOther(database: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query("begin");
  return client;
}

/** Until something waits for a row that this transaction holds. */
async function untilWaitedFor(other: pg.Client): Promise<void> {
  await until(async () => {
    const { rows } = await other.query(
      `select pid from pg_stat_activity where datname = current_database()
        and pg_backend_pid() = any(pg_blocking_pids(pid))`,
    );
    return rows.length > 0;
  }, { what: "the run waits for the other transaction" });
}

Deno.test("a cut waits for the payment of whoever became the payer while it waited", async () => {
  await using database = await createTestDatabase();
  const { isp, runId } = await listTonight(database, [2]);
  const [moving, paying] = [await openOther(database), await openOther(database)];
  try {
    const [old, , next] = isp.subscriberIds;
    const [connection] = isp.subscriptionIds;
    await moving.query("select from subscribers where id = $1 for no key update", [old]);
    await moving.query("update subscriptions set subscriber_id = $2 where id = $1", [connection, next]);
    await moving.query("update bills set subscriber_id = $2 where subscription_id = $1", [connection, next]);
    await paying.query("select from subscribers where id = $1 for no key update", [next]);
    const run = executeCutRun(isp.context, isp.tenantId, isp.actor, { runId });
    await untilWaitedFor(moving);
    await moving.query("commit");
    await untilWaitedFor(paying);
    await paying.query(
      "update bill_lines set settled_centavos = amount_centavos where subscription_id = $1",
      [
        connection,
      ],
    );
    await paying.query("update bills set paid_centavos = total_centavos where subscription_id = $1", [
      connection,
    ]);
    await paying.query("commit");
    assert.deepEqual(assertOk(await run), { runId, cut: 1, kept: 1 });
    assert.deepEqual(await offNow(isp), [1]);
  } finally {
    await Promise.all([moving.end(), paying.end()]);
  }
});

Deno.test("a cut that waited for a change of the plan's profile keeps the new one", async () => {
  await using database = await createTestDatabase();
  const { isp, runId } = await listTonight(database, [1, 2]);
  const other = await openOther(database);
  try {
    const [connection] = isp.subscriptionIds;
    // As the change of a plan does: the plan, then the connections under lock, then what their routers shall have.
    await other.query("update plans set ppp_profile = '100M' where id = $1", [isp.planId]);
    await other.query("select from subscriptions where id = $1 for no key update", [connection]);
    const run = executeCutRun(isp.context, isp.tenantId, isp.actor, { runId });
    await untilWaitedFor(other);
    await other.query("update desired_secrets set profile = '100M' where subscription_id = $1", [connection]);
    await other.query("commit");
    assert.equal(assertOk(await run).cut, 1);
    const { rows } = await other.query(
      "select profile, is_disabled from desired_secrets where subscription_id = $1",
      [connection],
    );
    assert.deepEqual(rows, [{ profile: "100M", is_disabled: true }]);
  } finally {
    await other.end();
  }
});
