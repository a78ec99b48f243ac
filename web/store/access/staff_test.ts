import assert from "node:assert/strict";
import type { Kysely } from "kysely";
import { assertRejectsWith } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import type { Database } from "../db/schema.ts";
import { findStaffUser, insertStaffMember, lookupLogin, updatePasswordHash } from "./staff.ts";
import { insertTenant } from "../settings/tenants.ts";
import { withTenant } from "../db/tenant_transaction.ts";

interface Company {
  tenantId: string;
  staffUserId: string;
}

async function addCompany(db: Kysely<Database>, slug: string): Promise<Company> {
  const company = { tenantId: crypto.randomUUID(), staffUserId: crypto.randomUUID() };
  await withTenant(db, company.tenantId, async (trx) => {
    await insertTenant(trx, { slug, name: slug, timeZone: "Asia/Manila" });
    const email = `owner@${slug}.example`;
    await insertStaffMember(trx, {
      id: company.staffUserId,
      email,
      name: slug,
      passwordHash: "hash",
      roleIds: [],
    });
  });
  return company;
}

async function passwordHashOf(db: Kysely<Database>, { tenantId, staffUserId }: Company) {
  return await withTenant(
    db,
    tenantId,
    async (trx) => (await findStaffUser(trx, staffUserId))?.password_hash ?? null,
  );
}

Deno.test("a tenant neither sees nor changes another tenant's staff", async () => {
  await using database = await createTestDatabase();
  const { db } = database;
  const ours = await addCompany(db, "ours");
  const theirs = await addCompany(db, "theirs");
  const seen = await withTenant(db, ours.tenantId, async (trx) => {
    await updatePasswordHash(trx, theirs.staffUserId, "stolen");
    return await trx.selectFrom("staff_users").select("id").execute();
  });
  assert.deepEqual(seen, [{ id: ours.staffUserId }]);
  assert.equal(await passwordHashOf(db, theirs), "hash");
});

Deno.test("a tenant cannot take over another tenant's staff with a membership of its own making", async () => {
  await using database = await createTestDatabase();
  const { db } = database;
  const ours = await addCompany(db, "ours");
  const theirs = await addCompany(db, "theirs");
  const theirStaff = { tenant_id: ours.tenantId, staff_user_id: theirs.staffUserId };
  await assertRejectsWith(
    () =>
      withTenant(
        db,
        ours.tenantId,
        (trx) => trx.insertInto("staff_memberships").values(theirStaff).execute(),
      ),
    "42501",
  );
  await assertRejectsWith(
    () =>
      withTenant(db, ours.tenantId, (trx) => trx.updateTable("staff_memberships").set(theirStaff).execute()),
    "42501",
  );
  assert.equal(await passwordHashOf(db, { ...theirs, tenantId: ours.tenantId }), null);
});

Deno.test("a staff member without a role can be added, and a disabled one is not found by e-mail", async () => {
  await using database = await createTestDatabase();
  const { db } = database;
  const ours = await addCompany(db, "ours");
  assert.equal((await lookupLogin(db, "OWNER@ours.example")).length, 1);
  await withTenant(
    db,
    ours.tenantId,
    (trx) => trx.updateTable("staff_users").set({ is_disabled: true }).execute(),
  );
  assert.deepEqual(await lookupLogin(db, "owner@ours.example"), []);
});
