import assert from "node:assert/strict";
import { sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import { createIsp, type Isp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { listAllAccountLines } from "@/web/store/billing/account_lines.ts";
import { LIMITED_SCHEMA, LIMITED_TABLES } from "@/web/store/db/limited_views.ts";
import { limitToSites, type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";

interface World {
  database: TestDatabase;
  isp: Isp;
  /** The first router's site and the second's. */
  sites: [string, string];
  limited<T>(siteIds: readonly string[], work: (trx: TenantTransaction) => Promise<T>): Promise<T>;
}

/** A provider of two sites with a router each: odd subscribers at the first, even ones at the second; two months of bills. */
async function withTwoSites(work: (world: World) => Promise<void>): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 6 });
  const second = uuidv7(isp.clock.now().epochMilliseconds);
  const first = await isp.run(async (trx) => {
    await trx.insertInto("sites").values({ tenant_id: trx.tenantId, id: second, name: "San Roque" })
      .execute();
    const router = await trx.updateTable("routers").set({ site_id: second }).where(
      "id",
      "=",
      isp.routerIds[1]!,
    )
      .returning("tenant_id").executeTakeFirstOrThrow();
    const site = await trx.selectFrom("sites").select("id").where("tenant_id", "=", router.tenant_id)
      .where("id", "<>", second).executeTakeFirstOrThrow();
    return site.id;
  });
  await liveUntil(isp, "2026-02-03T10:00");
  for (const n of [0, 1, 2]) await pay(isp, n, 700);
  await liveUntil(isp, "2026-02-20T10:00");
  await work({
    database,
    isp,
    sites: [first, second],
    limited: (siteIds, read) =>
      withTenant(limitToSites(database.db, siteIds), isp.tenantId, read, { readOnly: true }),
  });
}

async function rowsOf(trx: TenantTransaction, schema: string, table: string): Promise<string[]> {
  const { rows } = await sql<{ row: string }>`
    select to_jsonb(t)::text as row from ${sql.id(schema, table)} t order by 1`.execute(trx);
  return rows.map((row) => row.row);
}

/** Entries of the company's own accounts, and what is about nobody in particular. */
const ONLY_IN_PART = new Set([
  "ledger_entries",
  "audit_entries",
  "system_log",
  "book_checks",
  "outage_reviews",
]);

Deno.test("who is limited to all the sites there are sees row for row what the tables hold", async () => {
  await withTwoSites(async ({ isp, sites, limited }) => {
    for (const table of LIMITED_TABLES) {
      const whole = await isp.run((trx) => rowsOf(trx, "public", table));
      const seen = await limited(sites, (trx) => rowsOf(trx, LIMITED_SCHEMA, table));
      if (!ONLY_IN_PART.has(table)) assert.deepEqual(seen, whole, table);
      else assert.deepEqual(seen.filter((row) => !whole.includes(row)), [], table);
    }
  });
});

Deno.test("who is limited to one site sees its own rows, sums of runs among them, and the two sites share none of their own", async () => {
  await withTwoSites(async ({ isp, sites, limited }) => {
    const names = (siteIds: readonly string[]) =>
      limited(siteIds, async (trx) => {
        const rows = await trx.selectFrom("subscribers").select("account_number").orderBy("account_number")
          .execute();
        return rows.map((row) => row.account_number);
      });
    assert.deepEqual(await names([sites[0]]), ["A-00001", "A-00003", "A-00005"]);
    assert.deepEqual(await names([sites[1]]), ["A-00002", "A-00004", "A-00006"]);
    assert.deepEqual(await names([]), []);
    for (
      const table of ["subscriptions", "bills", "payments", "run_rows", "desired_secrets", "block_reasons"]
    ) {
      const whole = await isp.run((trx) => rowsOf(trx, "public", table));
      const [one, two] = [
        await limited([sites[0]], (trx) => rowsOf(trx, LIMITED_SCHEMA, table)),
        await limited([sites[1]], (trx) => rowsOf(trx, LIMITED_SCHEMA, table)),
      ];
      assert.ok(one.length > 0 && two.length > 0, table);
      assert.deepEqual([...one, ...two].sort(), whole.toSorted(), table);
    }
    const sums = (siteIds: readonly string[]) =>
      limited(
        siteIds,
        async (trx) =>
          await trx.selectFrom("runs").select(["kind", "total", "changed", "amount_centavos"])
            .where("total", ">", 0).orderBy("business_on").orderBy("kind").execute(),
      );
    const [whole, one, two] = [await sums(sites), await sums([sites[0]]), await sums([sites[1]])];
    const both = (read: (run: (typeof whole)[number]) => bigint | number) =>
      [one, two].flat().reduce((sum, run) => sum + BigInt(read(run)), 0n);
    assert.equal(both((run) => run.total), whole.reduce((sum, run) => sum + BigInt(run.total), 0n));
    assert.equal(
      both((run) => run.amount_centavos),
      whole.reduce((sum, run) => sum + run.amount_centavos, 0n),
    );
  });
});

Deno.test("where a subscriber is served follows the connections: moved, handed over, removed, and the router's own move", async () => {
  await withTwoSites(async ({ isp, sites, limited }) => {
    const sitesOf = async (n: number) => {
      const seen: string[] = [];
      for (const site of sites) {
        const rows = await limited(
          [site],
          (trx) =>
            trx.selectFrom("subscribers").select("id").where("id", "=", isp.subscriberIds[n]!).execute(),
        );
        if (rows.length > 0) seen.push(site);
      }
      return seen;
    };
    const change = (n: number, values: { router_id?: string; subscriber_id?: string }) =>
      isp.run((trx) =>
        trx.updateTable("subscriptions").set(values).where("id", "=", isp.subscriptionIds[n]!).execute()
      );
    assert.deepEqual([await sitesOf(0), await sitesOf(1)], [[sites[0]], [sites[1]]]);
    await change(0, { router_id: isp.routerIds[1]! });
    assert.deepEqual(await sitesOf(0), [sites[1]]);
    await change(2, { subscriber_id: isp.subscriberIds[0]! });
    assert.deepEqual([await sitesOf(0), await sitesOf(2)], [sites, []]);
    await isp.run((trx) =>
      trx.updateTable("routers").set({ site_id: sites[0] }).where("id", "=", isp.routerIds[1]!).execute()
    );
    assert.deepEqual([await sitesOf(0), await sitesOf(1)], [[sites[0]], [sites[0]]]);
  });
});

Deno.test("what writes sees the whole company, and a limit does not stay on a pooled connection", async () => {
  await withTwoSites(async ({ database, isp, sites, limited }) => {
    const count = async (trx: TenantTransaction) =>
      (await trx.selectFrom("subscribers").select("id").where("tenant_id", "=", trx.tenantId).execute())
        .length;
    const db = limitToSites(database.db, [sites[0]]);
    for (let round = 0; round < 4; round++) {
      assert.equal(await limited([sites[0]], count), 3);
      assert.equal(await isp.run(count), 6);
      assert.equal(await withTenant(db, isp.tenantId, count), 6);
    }
    await assert.rejects(limited(["'); drop table x; --"], count), /is not a uuid/);
  });
});

Deno.test("the search of somebody limited finds the first fifty of their own, not what is left of everybody's", async () => {
  await withTwoSites(async ({ isp, sites, limited }) => {
    const search = (trx: TenantTransaction, most: number) =>
      sql<{ subscriber_id: string }>`select subscriber_id from search_subscriber_ids('subscriber', ${most})`
        .execute(trx).then(({ rows }) => rows.length);
    assert.equal(await limited([sites[1]], (trx) => search(trx, 3)), 3);
    assert.equal(await limited([sites[1]], (trx) => search(trx, 50)), 3);
    assert.equal(await isp.run((trx) => search(trx, 50)), 6);
  });
});

/** Tables that lead to a site and are the same for everybody all the same. */
const NOT_LIMITED: Readonly<Record<string, string>> = {
  role_sites: "of roles, and only who looks after staff reads it",
  mail_handovers: "counted, and never shown",
};

Deno.test("no table that leads to a subscriber, a bill, a router or a site is forgotten", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { rows } = await isp.run((trx) =>
    sql<{ table: string }>`
      select distinct c.relname::text as table from pg_class c
      join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname ~
        '^((from_|to_)?subscriber|subscription|router|site|agent|bill|fee_bill|payment|memo|refund|outage|run|command)_id$'
      order by 1`.execute(trx)
  );
  assert.ok(rows.length > 40, `${rows.length} tables lead somewhere`);
  const forgotten = rows.map((row) => row.table).filter((table) =>
    !LIMITED_TABLES.includes(table) && NOT_LIMITED[table] === undefined
  );
  assert.deepEqual(forgotten, []);
});

Deno.test("an account reads for who is limited as for everybody: a bill is a charge and not a credit", async () => {
  await withTwoSites(async ({ isp, sites, limited }) => {
    const subscriberId = isp.subscriberIds[0]!;
    const whole = await isp.run((trx) => listAllAccountLines(trx, { subscriberId }));
    assert.deepEqual([...new Set(whole.map((line) => line.line_kind))].sort(), ["charge", "payment"]);
    assert.deepEqual(await limited([sites[0]], (trx) => listAllAccountLines(trx, { subscriberId })), whole);
  });
});
