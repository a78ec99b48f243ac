import assert from "node:assert/strict";
import { withScene } from "@/tests/support/scene.ts";
import { insertSomeStaff } from "@/tests/support/some_staff.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { setMemberState } from "@/web/store/access/members.ts";
import { deleteRole } from "@/web/store/access/roles.ts";

Deno.test("an owner sees Linya as a role does, changes nothing meanwhile, and stops", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    const { roles, staff } = await isp.run((trx) => insertSomeStaff(trx, isp.clock.now()));
    assert.match((await owner.get(`/admin/roles/${roles}`)).text, /See it as this role does/);
    const began = await owner.post(`/admin/roles/${roles}/see`, {});
    assert.deepEqual([began.status, began.location], [303, "/admin/subscribers"]);
    const page = await owner.get("/admin/subscribers");
    assert.match(page.text, /You see Linya as Night desk does/);
    assert.doesNotMatch(page.text, /System Logs/);
    assert.equal((await owner.get("/admin/staff")).status, 404);
    assert.equal((await owner.get("/admin/bills")).status, 404);
    const wrong: string[] = [];
    for (const { method, pattern, audience } of await loadRouteTable()) {
      if (method !== "POST" || audience !== "staff") continue;
      // The ways out, and the proof that it is them.
      if (["/admin/sign-out", "/admin/see-as/end", "/admin/confirm"].includes(pattern)) continue;
      const path = pattern.replace(/:[a-z]+/g, isp.subscriberIds[0]!);
      const { status } = await owner.post(path, {});
      if (status !== 404 && status !== 403) wrong.push(`${pattern}: ${status}`);
    }
    assert.deepEqual(wrong, []);
    const refused = await owner.post("/admin/preferences", { locale: "fil" });
    assert.equal(refused.status, 403);
    assert.match(refused.text, /nothing can be changed meanwhile/);
    const ended = await owner.post("/admin/see-as/end", {});
    assert.deepEqual([ended.status, ended.location], [303, `/admin/roles/${roles}`]);
    assert.doesNotMatch((await owner.get("/admin/staff")).text, /You see Linya as/);
    // A role that goes while somebody looks as it leaves them as themselves.
    await owner.post(`/admin/roles/${roles}/see`, {});
    await isp.run(async (trx) => {
      await trx.deleteFrom("staff_roles").where("staff_user_id", "=", staff).execute();
      await deleteRole(trx, roles);
    });
    assert.equal((await owner.get("/admin/staff")).status, 200);
  });
});

Deno.test("nobody sees more than their own by looking as a role that has more", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, app }) => {
    const { roles } = await isp.run((trx) => insertSomeStaff(trx, isp.clock.now()));
    const clerk = await app.signIn(isp.tenantId, ["staff:read", "subscriber:read"]);
    assert.doesNotMatch((await clerk.get(`/admin/roles/${roles}`)).text, /See it as this role does/);
    assert.equal((await clerk.post(`/admin/roles/${roles}/see`, {})).status, 422);
    assert.equal((await clerk.get("/admin/staff")).status, 200);
    const written = await isp.run((trx) =>
      trx.selectFrom("audit_entries").select("action").where("action", "=", "staff.refused").execute()
    );
    assert.equal(written.length, 1);
  });
});

Deno.test("an owner sees Linya as a person does, with all their roles and sites, and is back when that person goes", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, app, owner }) => {
    const site = await isp.run((trx) =>
      trx.selectFrom("sites").select("id").where("tenant_id", "=", isp.tenantId).executeTakeFirstOrThrow()
    );
    const both = await app.signIn(isp.tenantId, "Cashier", { also: ["Technician"], siteIds: [site.id] });
    const path = `/admin/staff/${both.staffUserId}`;
    assert.match((await owner.get(path)).text, /See it as they do/);
    const began = await owner.post(`${path}/see`, {});
    assert.deepEqual([began.status, began.location], [303, "/admin"]);
    for (const page of ["/admin/payments", "/admin/sites", "/admin/staff", "/admin/settings/company"]) {
      assert.equal((await owner.get(page)).status, (await both.get(page)).status, page);
    }
    assert.match((await owner.get("/admin/payments")).text, /You see Linya as Ana Reyes does/);
    assert.equal((await owner.post("/admin/preferences", { locale: "fil" })).status, 403);
    assert.equal((await owner.post("/admin/see-as/end", {})).location, path);
    assert.equal((await owner.get("/admin/staff")).status, 200);

    await owner.post(`${path}/see`, {});
    await isp.run((trx) => setMemberState(trx, both.staffUserId, { state: "disabled", at: isp.clock.now() }));
    assert.equal((await owner.get("/admin/staff")).status, 200, "themselves again");
    assert.equal((await owner.post(`${path}/see`, {})).status, 409);
  });
});

Deno.test("nobody looks as a person who has more than they do", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, app, owner }) => {
    const clerk = await app.signIn(isp.tenantId, ["staff:read", "subscriber:read"]);
    const path = `/admin/staff/${owner.staffUserId}`;
    assert.doesNotMatch((await clerk.get(path)).text, /See it as they do/);
    assert.equal((await clerk.post(`${path}/see`, {})).status, 409);
    assert.equal((await clerk.get("/admin/bills")).status, 404);
  });
});
