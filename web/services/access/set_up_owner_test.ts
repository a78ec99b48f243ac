import assert from "node:assert/strict";
import { sql } from "kysely";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { listPermissions } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { createInstallation, createOwner, OWNER } from "./_test_access.ts";
import { issueSetupCode, needsSetup, setUpOwner, slugOf } from "./set_up_owner.ts";

Deno.test("the set-up code makes one tenant with an owner, and the set-up closes", async () => {
  await using installation = await createInstallation();
  assert.equal(await needsSetup(installation), true);
  const { tenantId, staffUserId } = await createOwner(installation);
  assert.equal(await needsSetup(installation), false);
  await withTenant(installation.db, tenantId, async (trx) => {
    assert.deepEqual(await trx.selectFrom("tenants").select(["slug", "name"]).execute(), [
      { slug: "barangay-net", name: "Barangay Net" },
    ]);
    assert.ok((await listPermissions(trx, staffUserId)).length > 5);
  });
});

Deno.test("the set-up code is taken in lower case, with spaces for dashes and with letters for digits", async () => {
  await using installation = await createInstallation();
  const code = await issueSetupCode(installation);
  assert.match(code, /^(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
  const typed = ` ${code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l")} `;
  assertOk(await setUpOwner(installation, { ...OWNER, code: typed }));
});

Deno.test("a wrong set-up code makes nothing and leaves the right one in use", async () => {
  await using installation = await createInstallation();
  const code = await issueSetupCode(installation);
  for (const wrong of ["AAAA-AAAA-AAAA-AAAA", "", "'; drop table tenants; --"]) {
    assertRefused(await setUpOwner(installation, { ...OWNER, code: wrong }), "setup_code_wrong");
  }
  assert.equal(await needsSetup(installation), true);
  assertOk(await setUpOwner(installation, { ...OWNER, code }));
});

Deno.test("an older set-up code stops working when a new one is printed", async () => {
  await using installation = await createInstallation();
  const old = await issueSetupCode(installation);
  const newest = await issueSetupCode(installation);
  const message = assertRefused(await setUpOwner(installation, { ...OWNER, code: old }), "setup_code_wrong");
  assert.match(message, /not the newest/);
  assertOk(await setUpOwner(installation, { ...OWNER, code: newest }));
});

Deno.test("a used set-up code makes no second owner", async () => {
  await using installation = await createInstallation();
  const code = await issueSetupCode(installation);
  assertOk(await setUpOwner(installation, { ...OWNER, code }));
  const again = { ...OWNER, code, email: "mallory@example.com" };
  assertRefused(await setUpOwner(installation, again), "already_set_up");
});

Deno.test("the same set-up code sent many times at once makes one owner", async () => {
  await using installation = await createInstallation();
  const code = await issueSetupCode(installation);
  const results = await Promise.all(
    Array.from(
      { length: 5 },
      (_, i) => setUpOwner(installation, { ...OWNER, code, email: `a${i}@example.com` }),
    ),
  );
  assert.equal(results.filter((result) => result.ok).length, 1);
  const { rows } = await sql<{ count: bigint }>`select count(*) from lookup_tenants()`.execute(
    installation.db,
  );
  assert.deepEqual(rows, [{ count: 1n }]);
});

Deno.test("a set-up code printed after the owner was made opens nothing", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const late = await issueSetupCode(installation);
  assertRefused(await setUpOwner(installation, { ...OWNER, code: late }), "already_set_up");
});

Deno.test("two codes that are open at the same time make one owner", async () => {
  await using installation = await createInstallation();
  // Two nodes that start together may both leave an open code behind.
  const codes = [await issueSetupCode(installation), await issueSetupCode(installation)];
  await installation.db.updateTable("setup_codes").set({ used_at: null }).execute();
  const results = await Promise.all(
    codes.map((code, i) => setUpOwner(installation, { ...OWNER, code, email: `a${i}@example.com` })),
  );
  assert.equal(results.filter((result) => result.ok).length, 1);
});

Deno.test("a refused password keeps the set-up code in use", async () => {
  await using installation = await createInstallation();
  const code = await issueSetupCode(installation);
  assertRefused(
    await setUpOwner(installation, { ...OWNER, code, password: "Password123" }),
    "password_common",
  );
  assertRefused(await setUpOwner(installation, { ...OWNER, code, password: "short" }), "password_too_short");
  assertOk(await setUpOwner(installation, { ...OWNER, code }));
});

Deno.test.each([
  { name: "Barangay Net", slug: "barangay-net" },
  { name: "Peñafrancia Fiber", slug: "penafrancia-fiber" },
  { name: "網路", slug: "isp-1" },
  { name: "X", slug: "isp-x" },
  { name: `${"a".repeat(39)} tail`, slug: "a".repeat(39) },
])("slugOf gives $slug", ({ name, slug }) => {
  assert.equal(slugOf(name), slug);
});
