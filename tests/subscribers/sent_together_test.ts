import assert from "node:assert/strict";
import pg from "pg";
import { generateSealingKey } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { createIsp, liveUntil } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { addSubscriber } from "@/web/services/subscribers/add_subscriber.ts";

Deno.test("a form that arrives twice adds once, also when its twin commits between two looks of the second", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-01-20T10:00");
  const { publicKey } = await generateSealingKey();
  await isp.run(async (trx) => {
    await trx.updateTable("agents").set({ sealing_public_key: publicKey }).execute();
    await trx.insertInto("number_series")
      .values({ tenant_id: trx.tenantId, series: "account", prefix: "A-", pad: 5, next_value: 3n }).execute();
  });
  const form = {
    name: "Juan Dela Cruz",
    phone: null,
    email: null,
    address: null,
    barangay: null,
    city: null,
    notes: null,
    planId: isp.planId,
    routerId: isp.routerIds[0]!,
    pppName: "",
    secret: "make",
    activation: "day",
    billingDay: "cycle",
    isDuplicateAccepted: true,
    once: uuidv7(isp.clock.now().epochMilliseconds),
  } as const;
  const send = () => addSubscriber(isp.context, isp.tenantId, isp.actor, form);

  const [holder, blocker] = [await connect(database.superuserUrl), await connect(database.superuserUrl)];
  const waiting = async (count: number) =>
    await until(async () => {
      const { rows } = await holder.query<{ n: number }>(
        "select count(*)::int n from pg_locks where not granted and database = " +
          "(select oid from pg_database where datname = current_database())",
      );
      return rows[0]!.n === count;
    }, { what: `${count} wait` });
  try {
    // The first has written everything but its audit entry.
    await holder.query("begin");
    await holder.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`audit:${isp.tenantId}`]);
    const first = send();
    await waiting(1);
    // Behind this lock the second waits before it reads the plan: after it has looked for its twin.
    const lock = blocker.query("begin; lock table plans in access exclusive mode; commit");
    await waiting(2);
    const second = send();
    await waiting(3);
    await holder.query("commit");
    await lock;
    const answers = await Promise.all([first, second]);
    const [one, two] = answers.map(assertOk);
    assert.equal(one!.subscriberId, two!.subscriberId);
    assert.notEqual(one!.password, null);
    assert.equal(two!.password, null, "it was shown to the first");
    const rows = await isp.run((trx) => trx.selectFrom("subscriptions").select("ppp_name").execute());
    assert.deepEqual(rows.map((row) => row.ppp_name).filter((name) => name.startsWith("juan")), [
      one!.pppName,
    ]);
  } finally {
    await holder.end();
    await blocker.end();
  }
});

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}
