import assert from "node:assert/strict";
import { sql } from "kysely";
import pg from "pg";
import { payRun } from "@/bench/pay_run.ts";
import { createIsp, type Isp, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { type CandidateOptions, listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

const SUBSCRIBERS = 1_000;

/** Rows that this session has read of each table. */
async function readsOf(trx: TenantTransaction): Promise<Map<string, number>> {
  const { rows } = await sql<{ relname: string; read: number }>`
    select relname, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
    from pg_stat_xact_user_tables where schemaname = 'public'`.execute(trx);
  return new Map(rows.map(({ relname, read }) => [relname, read]));
}

/** How many rows of each table are read for something that lists. */
async function readFor(isp: Isp, list: (trx: TenantTransaction) => Promise<readonly unknown[]>) {
  return await isp.run(async (trx) => {
    const before = await readsOf(trx);
    const { length: listed } = await list(trx);
    const reads = [...await readsOf(trx)].map(([table, read]) => ({
      table,
      read: read - (before.get(table) ?? 0),
    }));
    return { listed, reads: reads.filter(({ read }) => read > 0) };
  });
}

async function listTonight(isp: Isp, trx: TenantTransaction, options: Omit<CandidateOptions, "now">) {
  const now = isp.clock.now();
  return await listCutCandidates(trx, await getTenant(trx), todayOf(isp), { ...options, now });
}

Deno.test("the list of a night reads what is owed and whose it is by key, never a table for each debt (statistics or none)", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    isp.clock.set("2026-02-01T00:05:00+08:00");
    const { runId } = assertOk(
      await issueBills(isp.context, isp.tenantId, isp.actor, {
        businessOn: todayOf(isp),
        trigger: "scheduled",
      }),
    );
    const on = Temporal.PlainDate.from("2026-02-04");
    await payRun(client, { tenantId: isp.tenantId, runId, on });
    // Some pay up front: their days count, whatever they owe.
    await client.query(
      "update subscriptions set billing_mode = 'prepaid' where tenant_id = $1 and ppp_name like '%17'",
      [isp.tenantId],
    );
    isp.clock.set("2026-02-14T09:00:00+08:00");
    const { count: open } = await isp.run((trx) =>
      trx.selectFrom("bills").select(sql<number>`count(*)::int`.as("count")).where(
        "tenant_id",
        "=",
        isp.tenantId,
      )
        .whereRef("paid_centavos", "<", "total_centavos").executeTakeFirstOrThrow()
    );
    for (const statistics of ["none", "fresh"]) {
      if (statistics === "fresh") await client.query("analyze");
      const late = await readFor(
        isp,
        async (trx) =>
          (await sql`select from list_bills_past_grace(${todayOf(isp)}::date)`.execute(trx)).rows,
      );
      assert.deepEqual(late.reads, [{ table: "bills", read: open }], "the open ones of all bills");
      for (const options of [{}, { exceptCut: true, isInAnyOrder: true }]) {
        const { listed, reads } = await readFor(isp, (trx) => listTonight(isp, trx, options));
        assert.ok(listed > SUBSCRIBERS / 30 && listed < SUBSCRIBERS / 10, `${listed}`);
        const bad = reads.filter(({ table, read }) => {
          // Of so few open bills, reading all of them for each connection is as good as reading its own.
          const ofEach = table === "bills" ? 4 * open : 4;
          return read > 2 * SUBSCRIBERS + ofEach * listed;
        });
        assert.deepEqual(bad, [], `${statistics} ${JSON.stringify(options)}: ${JSON.stringify(reads)}`);
      }
    }
  } finally {
    await client.end();
  }
});
