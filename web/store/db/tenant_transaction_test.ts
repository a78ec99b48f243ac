import assert from "node:assert/strict";
import { sql } from "kysely";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { assertRejectsWith } from "@/tests/support/expect.ts";
import { type TenantTransaction, withTenant } from "./tenant_transaction.ts";

async function withTwoTenants(
  work: (database: TestDatabase, ours: string, theirs: string) => Promise<void>,
): Promise<void> {
  await using database = await createTestDatabase();
  const ours = await insertTenant(database, "ours");
  const theirs = await insertTenant(database, "theirs");
  await work(database, ours, theirs);
}

async function insertTenant(database: TestDatabase, slug: string): Promise<string> {
  const id = crypto.randomUUID();
  await withTenant(database.db, id, async (trx) => {
    await trx.insertInto("tenants").values({ id, slug, name: slug }).execute();
    await insertRole(trx, id, `${slug} cashier`);
  });
  return id;
}

async function insertRole(trx: TenantTransaction, tenantId: string, name: string): Promise<void> {
  await trx.insertInto("roles").values({ tenant_id: tenantId, id: crypto.randomUUID(), name }).execute();
}

function listRoleNames(trx: Pick<TenantTransaction, "selectFrom">): Promise<Array<{ name: string }>> {
  return trx.selectFrom("roles").select("name").orderBy("name").execute();
}

Deno.test("a tenant sees its own rows and nobody else's", async () => {
  await withTwoTenants(async ({ db }, ours, theirs) => {
    assert.deepEqual(await withTenant(db, ours, listRoleNames), [{ name: "ours cashier" }]);
    assert.deepEqual(await withTenant(db, theirs, listRoleNames), [{ name: "theirs cashier" }]);
  });
});

Deno.test("without a tenant there are no rows, also on a connection that had one before", async () => {
  await withTwoTenants(async ({ db }) => {
    assert.deepEqual(await listRoleNames(db), []);
    assert.deepEqual(await db.selectFrom("tenants").select("id").execute(), []);
  });
});

Deno.test("another tenant's row cannot be changed, deleted or inserted", async () => {
  await withTwoTenants(async ({ db }, ours, theirs) => {
    const touched = await withTenant(db, ours, async (trx) => {
      const updated = await trx.updateTable("roles").set({ name: "mine now" }).where("tenant_id", "=", theirs)
        .executeTakeFirst();
      const deleted = await trx.deleteFrom("roles").where("tenant_id", "=", theirs).executeTakeFirst();
      return [updated.numUpdatedRows, deleted.numDeletedRows];
    });
    assert.deepEqual(touched, [0n, 0n]);
    await assertRejectsWith(() => withTenant(db, ours, (trx) => insertRole(trx, theirs, "spy")), "42501");
    assert.deepEqual(await withTenant(db, theirs, listRoleNames), [{ name: "theirs cashier" }]);
  });
});

Deno.test("a row cannot be moved to another tenant", async () => {
  await withTwoTenants(async ({ db }, ours, theirs) => {
    const move = () =>
      withTenant(db, ours, (trx) => trx.updateTable("roles").set({ tenant_id: theirs }).execute());
    await assertRejectsWith(move, "42501");
  });
});

Deno.test("the app role can neither switch row level security off nor truncate", async () => {
  await withTwoTenants(async ({ db }) => {
    await assertRejectsWith(() => sql`alter table roles disable row level security`.execute(db), "42501");
    await assertRejectsWith(() => sql`truncate roles cascade`.execute(db), "42501");
    await assertRejectsWith(() => sql`set role linya_owner`.execute(db), "42501");
  });
});

Deno.test("withTenant refuses what is not a uuid", async () => {
  await withTwoTenants(async ({ db }) => {
    await assert.rejects(
      withTenant(db, "x', true); drop table roles; --", () => Promise.resolve()),
      /Cannot open a tenant transaction/,
    );
  });
});

Deno.test("an error in the work undoes everything and arrives unchanged", async () => {
  await withTwoTenants(async ({ db }, ours) => {
    const broken = new Error("changed my mind");
    await assert.rejects(
      withTenant(db, ours, async (trx) => {
        await insertRole(trx, ours, "temporary");
        throw broken;
      }),
      broken,
    );
    assert.deepEqual(await withTenant(db, ours, listRoleNames), [{ name: "ours cashier" }]);
  });
});

Deno.test("readOnly refuses to write, isolation is set, tenantId is carried", async () => {
  await withTwoTenants(async ({ db }, ours) => {
    await assertRejectsWith(
      () => withTenant(db, ours, (trx) => insertRole(trx, ours, "no"), { readOnly: true }),
      "25006",
    );
    const level = await withTenant(db, ours, async (trx) => {
      assert.equal(trx.tenantId, ours);
      const { rows } = await sql<{ level: string }>`select current_setting('transaction_isolation') as level`
        .execute(trx);
      return rows[0]?.level;
    }, { isolation: "serializable" });
    assert.equal(level, "serializable");
  });
});

Deno.test("repeatable work survives serialisation failures, other work reports them", async () => {
  await withTwoTenants(async ({ db }, ours) => {
    await withTenant(db, ours, (trx) => trx.updateTable("tenants").set({ terms_days: 0 }).execute());
    async function increment(isRepeatable: boolean): Promise<void> {
      await withTenant(db, ours, async (trx) => {
        const { terms_days } = await trx.selectFrom("tenants").select("terms_days").executeTakeFirstOrThrow();
        await trx.updateTable("tenants").set({ terms_days: terms_days + 1 }).execute();
      }, { isolation: "serializable", isRepeatable });
    }
    await Promise.all([increment(true), increment(true), increment(true)]);
    const { terms_days } = await withTenant(
      db,
      ours,
      (trx) => trx.selectFrom("tenants").select("terms_days").executeTakeFirstOrThrow(),
    );
    assert.equal(terms_days, 3);
    const rude = async () => {
      let failures = 0;
      for (let round = 0; round < 20 && failures === 0; round++) {
        const settled = await Promise.allSettled([increment(false), increment(false), increment(false)]);
        failures += settled.filter((one) => one.status === "rejected" && one.reason.code === "40001").length;
      }
      return failures;
    };
    assert.ok(await rude() > 0);
  });
});
