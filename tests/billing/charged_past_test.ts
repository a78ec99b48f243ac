import assert from "node:assert/strict";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { assertBooksHold, createIsp, factsOf, type Isp, liveUntil, openIsp, pay } from "./isp.ts";
import { voidPaid } from "./void_paid.ts";

const BEFORE_PERIODS = "0027_keep_ppp_service";

async function rows(database: TestDatabase, text: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    return (await client.query({ text, rowMode: "array" })).rows.map((row) => row.join(" "));
  } finally {
    await client.end();
  }
}

/** Everything that the rules read of a past, by the PPP name. Days that are never billed count, not how they are cut. */
const PAST = `
  select c.ppp_name, lower(days)::text, upper(days)::text, state, why, number, plan_name, price from (
    select p.subscription_id, p.state, coalesce(p.why, '-') as why, coalesce(b.number, '-') as number,
      coalesce(p.plan_name, '-') as plan_name, coalesce(p.price_centavos::text, '-') as price,
      unnest(range_agg(daterange(p.period_start, p.period_end))) as days
    from charged_periods p left join bills b on b.id = coalesce(p.bill_id, p.freed_bill_id)
    group by 1, 2, 3, 4, 5, 6, case when p.state <> 'never' then p.period_start end) p
  join subscriptions c on c.id = p.subscription_id order by 1, 2`;
const PLACES = `select ppp_name, coalesce(billed_through_on::text, '-'), coalesce(stopped_from_on::text, '-')
  from subscriptions order by 1`;
const BOOKS = `select s.name, e.account, sum(e.amount_centavos) from ledger_entries e
  join subscribers s on s.id = e.subscriber_id group by 1, 2 order by 1, 2`;

async function voidAt(isp: Isp, n: number, periodStart: string): Promise<void> {
  const bill = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).where("status", "=", "issued")
      .where("subscription_id", "=", isp.subscriptionIds[n]!)
      .where("period_start", "=", Temporal.PlainDate.from(periodStart)).executeTakeFirstOrThrow()
  );
  await voidPaid(isp, { billId: bill.id, reason: "Wrong" });
}

/** Back to the schema before, with `edit` on it, and forward again. */
async function thereAndBack(database: TestDatabase, isp: Isp, edit: string[] = []): Promise<Isp> {
  const facts = factsOf(isp);
  await database.closeConnections();
  await migrate(database.ownerUrl, { to: BEFORE_PERIODS }, silentLogger);
  for (const text of edit) await rows(database, text);
  await migrate(database.ownerUrl, {}, silentLogger);
  const { openDatabase } = await import("@/web/store/db/database.ts");
  const { db } = openDatabase({ url: database.appUrl, maxConnections: 5, log: silentLogger });
  database.db = db;
  return openIsp(database, facts);
}

Deno.test("a year from before the charged periods is explained: bills, voids, stops, vacations; books as they were", async () => {
  await using database = await createTestDatabase();
  let isp = await createIsp(database, { subscribers: 5, start: "2025-09-10T00:00:00+08:00" });
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await liveUntil(isp, "2025-10-05T10:00");
  await pay(isp, 0, 20_000);
  await pay(isp, 1, 20_000);
  // The second: a vacation over two whole months.
  const away = { subscriptionId: isp.subscriptionIds[1]!, reason: "vacation" as const };
  await liveUntil(isp, "2025-10-20T10:00");
  assertOk(await suspendSubscription(...call, { ...away, note: "Abroad" }));
  await liveUntil(isp, "2026-01-10T10:00");
  assertOk(await resumeSubscription(...call, away));
  // The third stops, comes back, and stops again; the fourth stops for good; of the fifth a bill is voided.
  await pay(isp, 2, 5_000);
  await liveUntil(isp, "2026-05-10T10:00");
  await voidAt(isp, 0, "2026-03-01");
  await voidAt(isp, 3, "2025-10-01");
  const [past, places, books] = [
    await rows(database, PAST),
    await rows(database, PLACES),
    await rows(database, BOOKS),
  ];
  assert.ok(past.some((row) => row.includes("stopped")) && past.some((row) => row.includes("suspended")));
  assert.equal(past.filter((row) => row.includes("to_bill_again")).length, 2);
  isp = await thereAndBack(database, isp);
  assert.deepEqual(await rows(database, PAST), past);
  assert.deepEqual(await rows(database, PLACES), places);
  assert.deepEqual(await rows(database, BOOKS), books);
  isp.clock.set(Temporal.Instant.from("2026-05-10T02:00:00Z"));
  await liveUntil(isp, "2026-05-11T10:00");
  await assertBooksHold(isp);
  const after = await rows(database, PAST);
  assert.equal(after.filter((row) => row.includes("to_bill_again")).length, 0, "both are billed again");
  await database.db.destroy();
});

Deno.test("days that nothing explains are parked and never billed by themselves", async () => {
  await using database = await createTestDatabase();
  let isp = await createIsp(database, { subscribers: 2, start: "2026-01-01T00:00:00+08:00" });
  await liveUntil(isp, "2026-01-05T10:00");
  for (const n of [0, 1]) await pay(isp, n, 9_000);
  await liveUntil(isp, "2026-04-02T10:00");
  await voidAt(isp, 0, "2026-02-01");
  // As the old model forgot it: the connection stands behind the void month.
  isp = await thereAndBack(database, isp, [
    "update subscriptions set billed_through_on = '2026-04-01' where ppp_name = 'user1'",
  ]);
  const past = await rows(database, PAST);
  assert.deepEqual(past.filter((row) => row.includes("unexplained")), [
    "user1 2026-02-01 2026-03-01 unexplained - - - -",
  ]);
  isp.clock.set(Temporal.Instant.from("2026-04-02T02:00:00Z"));
  await liveUntil(isp, "2026-05-02T10:00");
  const bills = (await rows(database, PAST)).filter((row) =>
    row.startsWith("user1") && row.includes("billed")
  );
  assert.deepEqual(bills.map((row) => row.split(" ")[1]), ["2026-01-01", "2026-03-01", "2026-04-01"]);
  await assertBooksHold(isp);
  await database.db.destroy();
});
