import assert from "node:assert/strict";
import pg from "pg";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, pay, runUntil, todayOf } from "./isp.ts";
import { createWatched, livesUntil, minute } from "./watched_isp.ts";

/** Ids that chance gives, what is in their order or made of them, and the real time. */
const BY_CHANCE =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[\d-]+T[\d:]+\.\d+|SOA-\d+|"(?:sequence|position|book_place)":\d+|"salt":"[^"]*"|\\\\x[0-9a-f]+/g;

/** Every row of every table, but for the ids that chance gives. */
async function everything({ superuserUrl }: TestDatabase, isp: Isp): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    const found: Record<string, string[]> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: Record<string, unknown> }>(
        `select to_jsonb(t) as row from ${client.escapeIdentifier(name)} t`,
      );
      const own = rows.map(({ row }) => row).filter((row) => row["tenant_id"] === isp.tenantId);
      found[name] = own.map((row) =>
        JSON.stringify({ ...row, tenant_id: "", ...(name === "runs" && { id: "" }) })
      ).sort();
    }
    return found;
  } finally {
    await client.end();
  }
}

Deno.test("days on which nothing is to be done leave the rows that are noted for them, and nothing else", async () => {
  await using database = await createTestDatabase();
  const run = await createIsp(database, { subscribers: 2 });
  const before = await everything(database, run);
  await runUntil(run, "2026-01-04T10:00");
  const ran = await everything(database, run);
  const passed = await createIsp(database, { subscribers: 2 });
  await liveUntil(passed, "2026-01-04T10:00");
  const noted = await everything(database, passed);
  // How far a provider's outages were looked at is one row, which the day of the end writes in both.
  for (const table of ["runs", "outage_reviews"]) assert.deepEqual(noted[table], ran[table], table);
  assert.equal(ran["runs"]?.length, 8);
  assert.deepEqual({ ...ran, runs: [], outage_reviews: [] }, before);
  assert.deepEqual(passed.notified, run.notified);
});

Deno.test("a day with a bill, a payment or a stop behind it is run", async () => {
  await using database = await createTestDatabase();
  const run = await createIsp(database, { subscribers: 2 });
  await runUntil(run, "2026-02-20T10:00");
  const lived = await createIsp(database, { subscribers: 2 });
  await liveUntil(lived, "2026-01-12T10:00");
  await liveUntil(lived, "2026-02-20T10:00");
  assert.equal(todayOf(lived).toString(), "2026-02-20");
  const of = async (isp: Isp) => (await everything(database, isp))["runs"];
  assert.deepEqual(await of(lived), await of(run));
  const off = await lived.run((trx) =>
    trx.selectFrom("block_reasons").select("reason").where("tenant_id", "=", lived.tenantId).execute()
  );
  assert.deepEqual(off.map(({ reason }) => reason), ["nonpayment", "nonpayment"]);
});

/** A plan that somebody changes to, a bill in advance, somebody who pays too late and somebody who never does. */
async function winter(isp: Isp, until: typeof liveUntil): Promise<void> {
  const planId = crypto.randomUUID();
  await isp.run(async (trx) => {
    await trx.insertInto("plans").values({
      tenant_id: isp.tenantId,
      id: planId,
      name: "Fiber 100",
      price_centavos: 150_000n,
      ppp_profile: "100M",
    }).execute();
    await trx.updateTable("subscriptions").set({ bill_timing: "advance" })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[1]!).execute();
    await trx.updateTable("tenants").set({ late_fee_kind: "flat", late_fee_centavos: 5_000n })
      .where("id", "=", isp.tenantId).execute();
  });
  await until(isp, "2026-02-05T10:00");
  for (const n of [0, 1]) await pay(isp, n, 3000);
  assertOk(
    await changePlan(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      planId,
      keepsOwnPrice: false,
    }),
  );
  await until(isp, "2026-02-20T08:00");
  await pay(isp, 2, 1000);
  await until(isp, "2026-03-20T10:00");
}

Deno.test("idle days between bills, late fees, stops and a plan's day leave what was there, but for their runs", async () => {
  await using database = await createTestDatabase();
  const [run, lived] = [
    await createIsp(database, { subscribers: 4 }),
    await createIsp(database, { subscribers: 4 }),
  ];
  await winter(run, runUntil);
  await winter(lived, liveUntil);
  const of = async (isp: Isp) => {
    const tables = Object.entries(await everything(database, isp));
    return Object.fromEntries(
      tables.map(([name, rows]) => [name, rows.map((row) => row.replace(BY_CHANCE, "")).sort()]),
    );
  };
  const [want, found] = [await of(run), await of(lived)];
  for (const [table, rows] of Object.entries(want)) assert.deepEqual(found[table], rows, table);
  assert.ok(want["late_fees"]!.length > 0 && want["block_reasons"]!.length > 1 && want["bills"]!.length > 10);
  assert.equal(lived.notified.length, run.notified.length);
  await assertBooksHold(lived);
});

Deno.test("who looks at the clock passes idle days with it, and it is believed after them as before", async () => {
  await using database = await createTestDatabase();
  const isp = await createWatched(database, { subscribers: 1 });
  await livesUntil(isp, "2026-01-20T10:00");
  await livesUntil(isp, "2026-01-31T10:00");
  assert.equal(await minute(isp), true);
  assert.equal((await everything(database, isp))["runs"]?.length, 62);
});
